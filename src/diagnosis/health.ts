// The state of a host at one moment, as a monitoring plugin says it: one line, one level, figures with their limits.
import type { Dossier } from '../model/dossier.ts';
import { count, duration, kilobytes, many, percent } from '../model/figures.ts';
import { inFlightView } from '../model/in-flight.ts';
import type { DiskState, Sample } from '../model/sample.ts';

/** As monitoring plugins exit (Monitoring Plugins Development Guidelines). */
export type Level = 'ok' | 'warning' | 'critical' | 'unknown';

/** One figure: above `warn` or `crit` it is bad, or below where `low` is set. */
export interface Gauge {
  readonly label: string;
  readonly value: number;
  /** s, %, KB, or nothing for a count. */
  readonly unit: '' | 's' | '%' | 'KB';
  readonly warn?: number;
  readonly crit?: number;
  readonly low?: true;
  readonly max?: number;
}

export interface Health {
  readonly level: Level;
  /** What is wrong, worst first; what is well when nothing is. */
  readonly texts: readonly string[];
  readonly gauges: readonly Gauge[];
}

interface Finding {
  readonly level: Level;
  readonly text: string;
}

const DATABASE_PAGE = /Error establishing a database connection|database connection error/i;
const SLOW_S = { warn: 3, crit: 8 } as const;
const MEMORY_LEFT = { warn: 10, crit: 4 } as const;
const PRESSURE = { warn: 10, crit: 40 } as const;
const DISK_LEFT = { warn: 5, crit: 1 } as const;
const LOAD_PER_CPU = { warn: 4, crit: 10 } as const;
const HELD = { warn: 10, crit: 25 } as const;
/** Places that a site writes to; others may be full for years. */
const DISK_MATTERS = /^\/(?:$|var|srv|home|tmp|usr|opt|www|data|mnt|media|mysql|vol|storage)/;

/** From a short look: the last sample counts, of probes and pulses the worst. Pure. */
export function healthOf(dossier: Dossier): Health {
  const parts = [sites, database, memory, pressure, load, flight, disks].map((part) => part(dossier));
  const findings = parts.flatMap(({ findings: found }) => found);
  const gauges = parts.flatMap(({ gauges: found }) => found);
  const bad = findings.filter(({ level }) => level !== 'ok').sort((a, b) => rank(b.level) - rank(a.level));
  if (findings.length === 0) return { level: 'unknown', texts: ['nothing of this host could be seen'], gauges };
  const [worst] = bad;
  return {
    level: worst?.level ?? 'ok',
    texts: (worst ? bad : findings).map(({ text }) => text),
    gauges,
  };
}

/** "SEAWALL OK: 2 sites answer | time=0.12s;3;8": the text before the bar, the figures behind it. */
export function pluginLine({ level, texts, gauges }: Health): string {
  const text = texts.join(', ').replaceAll('|', '/');
  const data = gauges.map(({ label, value, unit, warn, crit, low, max }) => {
    const range = (limit: number | undefined): string => (limit === undefined ? '' : low ? `${limit}:` : `${limit}`);
    const parts = [
      `${Math.round(value * 1000) / 1000}${unit}`,
      range(warn),
      range(crit),
      '0',
      max === undefined ? '' : `${max}`,
    ];
    return `'${label.replaceAll("'", '')}'=${parts.join(';').replace(/;+$/, '')}`;
  });
  return `SEAWALL ${level.toUpperCase()}: ${text}${data.length > 0 ? ` | ${data.join(' ')}` : ''}`;
}

type Part = { readonly findings: readonly Finding[]; readonly gauges: readonly Gauge[] };

function rank(level: Level): number {
  return ['ok', 'unknown', 'warning', 'critical'].indexOf(level);
}

function graded(value: number, { warn, crit }: { warn: number; crit: number }, low = false): Level {
  const beyond = (limit: number): boolean => (low ? value < limit : value >= limit);
  return beyond(crit) ? 'critical' : beyond(warn) ? 'warning' : 'ok';
}

function sites({ samples }: Dossier): Part {
  const byUrl = new Map(samples.flatMap(({ probe }) => (probe ? [[probe.url, probe] as const] : [])));
  if (byUrl.size === 0) return { findings: [], gauges: [] };
  const findings: Finding[] = [];
  for (const { url, status, ms, body = '' } of byUrl.values()) {
    const took = duration(ms / 1000);
    if (status === undefined) findings.push({ level: 'critical', text: `${url} does not answer (${body})` });
    else if (DATABASE_PAGE.test(body))
      findings.push({ level: 'critical', text: `${url} shows the database error page` });
    else if (status >= 500) findings.push({ level: 'critical', text: `${url} answers ${status}` });
    else if (graded(ms / 1000, SLOW_S) !== 'ok')
      findings.push({ level: graded(ms / 1000, SLOW_S), text: `${url} takes ${took}` });
  }
  const slowest = Math.max(...[...byUrl.values()].map(({ ms }) => ms)) / 1000;
  if (findings.length === 0)
    findings.push({
      level: 'ok',
      text: `${many(byUrl.size, 'site')} answer${byUrl.size === 1 ? 's' : ''} in ${duration(slowest)}`,
    });
  return { findings, gauges: [{ label: 'time', value: slowest, unit: 's', ...SLOW_S }] };
}

function database({ samples }: Dossier): Part {
  const state = samples.findLast((sample) => sample.database)?.database;
  if (!state) return { findings: [], gauges: [] };
  if (!state.alive) return { findings: [{ level: 'critical', text: 'the database does not answer' }], gauges: [] };
  const { threadsConnected, maxConnections } = state;
  if (threadsConnected === undefined) return { findings: [{ level: 'ok', text: 'the database answers' }], gauges: [] };
  const limits =
    maxConnections === undefined ? undefined : { warn: Math.floor(maxConnections * 0.8), crit: maxConnections };
  const level = limits ? graded(threadsConnected, limits) : 'ok';
  const of = maxConnections === undefined ? '' : ` of ${count(maxConnections)}`;
  return {
    findings: [{ level, text: `${count(threadsConnected)}${of} database connections` }],
    gauges: [{ label: 'database_connections', value: threadsConnected, unit: '', ...limits }],
  };
}

function last(samples: readonly Sample[], has: (sample: Sample) => unknown): Sample | undefined {
  return samples.findLast((sample) => has(sample) !== undefined);
}

function memory({ samples }: Dossier): Part {
  const state = last(samples, (sample) => sample.memory?.availableKb)?.memory;
  if (state?.availableKb === undefined || state.totalKb === undefined || state.totalKb === 0)
    return { findings: [], gauges: [] };
  const left = (state.availableKb / state.totalKb) * 100;
  return {
    findings: [
      {
        level: graded(left, MEMORY_LEFT, true),
        text: `${percent(left / 100)} of ${kilobytes(state.totalKb)} memory free`,
      },
    ],
    gauges: [{ label: 'memory_free', value: left, unit: '%', ...MEMORY_LEFT, low: true, max: 100 }],
  };
}

function pressure({ samples }: Dossier): Part {
  const some = last(samples, (sample) => sample.pressure?.memorySome)?.pressure?.memorySome;
  if (some === undefined) return { findings: [], gauges: [] };
  const level = graded(some, PRESSURE);
  return {
    findings: level === 'ok' ? [] : [{ level, text: `work waits for memory ${percent(some / 100)} of the time` }],
    gauges: [{ label: 'memory_pressure', value: some, unit: '%', ...PRESSURE, max: 100 }],
  };
}

function load({ samples, host }: Dossier): Part {
  const [one] = last(samples, (sample) => sample.load)?.load ?? [];
  if (one === undefined || host.cpus === undefined) return { findings: [], gauges: [] };
  const limits = { warn: LOAD_PER_CPU.warn * host.cpus, crit: LOAD_PER_CPU.crit * host.cpus };
  const level = graded(one, limits);
  return {
    // The load alone says that work waits, not that visitors do.
    findings:
      level === 'ok' ? [] : [{ level: 'warning', text: `load ${count(one)} on ${many(host.cpus, 'processor')}` }],
    gauges: [{ label: 'load', value: one, unit: '', ...limits }],
  };
}

function flight({ samples }: Dossier): Part {
  if (!samples.some((sample) => sample.inFlight)) return { findings: [], gauges: [] };
  const view = inFlightView(samples);
  const [top] = view?.holders ?? [];
  const gauges: Gauge[] = [{ label: 'in_flight', value: view?.last ?? 0, unit: '', ...HELD }];
  const heavy = view && top && top.share >= 0.5 && top.atOnce >= 5 && top.oldestS >= 2;
  if (!heavy) return { findings: [{ level: 'ok', text: `${count(view?.last ?? 0)} in flight` }], gauges };
  const what = top.endpoint === undefined ? '' : ` with ${top.endpoint}`;
  return {
    findings: [
      {
        level: graded(top.atOnce, HELD) === 'ok' ? 'warning' : graded(top.atOnce, HELD),
        text: `${top.id} holds ${count(top.atOnce)} of ${count(view.peak)} workers${what}`,
      },
    ],
    gauges,
  };
}

function disks({ samples }: Dossier): Part {
  const known = new Map<string, DiskState>();
  for (const disk of samples.flatMap((sample) => sample.disks ?? []))
    known.set(disk.mount, { ...known.get(disk.mount), ...disk });
  const findings: Finding[] = [];
  const gauges: Gauge[] = [];
  for (const { mount, sizeKb, availableKb, inodes, inodesFree } of known.values()) {
    if (!DISK_MATTERS.test(mount) || sizeKb === undefined || sizeKb === 0) continue;
    const left = ((availableKb ?? 0) / sizeKb) * 100;
    const leftInodes = inodes !== undefined && inodes > 0 ? ((inodesFree ?? 0) / inodes) * 100 : 100;
    if (graded(left, DISK_LEFT, true) !== 'ok')
      findings.push({
        level: graded(left, DISK_LEFT, true),
        text: `${mount} has ${percent(left / 100)} of its space left`,
      });
    if (graded(leftInodes, DISK_LEFT, true) !== 'ok')
      findings.push({
        level: graded(leftInodes, DISK_LEFT, true),
        text: `${mount} has ${percent(leftInodes / 100)} of its inodes left`,
      });
    gauges.push({ label: `disk_free_${mount}`, value: left, unit: '%', ...DISK_LEFT, low: true, max: 100 });
  }
  return { findings, gauges: gauges.slice(0, 20) };
}
