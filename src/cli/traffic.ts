// `seawall traffic`: access logs in, who asked for what and at what cost out, in the form that was asked for.

import type { Names } from '../model/names.ts';
import { type NameProof, robotClaims, robotsToLookUp } from '../model/robot-claims.ts';
import type { LogReport, TrafficFindings, TrafficReading } from '../model/traffic-reading.ts';
import { jsonText, ownersWords, trafficCsv, trafficData, trafficReport } from '../report/index.ts';
import { OptionError } from '../sources/given.ts';
import { readTraffic } from '../sources/read-traffic.ts';
import { proveByName } from '../sources/robot-names.ts';
import { fixedZone } from '../sources/zone.ts';
import { wantsColour } from './common-options.ts';
import { EXIT } from './exit.ts';
import { notRecognisedLines } from './not-recognised.ts';
import { progressOn } from './progress.ts';
import { type TrafficCommand, trafficCommandOf } from './traffic-options.ts';

const TOP = 10;

/**
 * @param names asks DNS, in tests something else.
 * @returns the exit code.
 * @throws OptionError and PathError for what a person gave wrongly.
 */
export async function trafficCommand(paths: readonly string[], given: unknown, names?: Names): Promise<number> {
  const command = trafficCommandOf(paths, given, Date.now(), process.stdin.isTTY === true);
  if (command.follow) {
    const { followCommand } = await import('./follow.ts');
    return followCommand(command);
  }
  const progress = progressOn(process.stderr);
  const { now, query, reading: options } = command;
  const reading = await readTraffic({ ...options, paths: command.paths, query, now, onProgress: progress.show });
  progress.end();
  if (reading.logs.length === 0 && !onlyEmpty(reading)) throw new OptionError(nothingRead(reading));
  const { traffic } = reading;
  if (!traffic || traffic.whole.total.requests === 0) {
    const inTime = options.since !== undefined || options.until !== undefined;
    process.stderr.write(`seawall: ${nothingMatched(reading, inTime)}\n`);
    return EXIT.unknown;
  }
  const proved = command.verifyBots ? await proveByName(robotsToLookUp(traffic), names) : undefined;
  write(command, {
    ...reading,
    traffic,
    query,
    readAt: now,
    zone: reportZone(options.timezone, reading.logs),
    top: command.top ?? TOP,
    robots: robotClaims(traffic, proved?.proofs ?? new Map<string, NameProof>()),
    ...(proved && { lookups: { asked: proved.asked, leftOut: proved.leftOut } }),
  });
  return EXIT.done;
}

function write(command: TrafficCommand, findings: TrafficFindings): void {
  const { form, width, top } = command;
  if (form === 'json') process.stdout.write(jsonText(trafficData(findings)));
  else if (form === 'csv') {
    process.stdout.write(trafficCsv(findings, top));
    const by = findings.query.by ?? ['source'];
    const names = findings.owners.size > 0 && (by.includes('source') || by.includes('network'));
    // There is no room for it in CSV.
    if (names) process.stderr.write(`seawall: ${ownersWords(findings)}\n`);
  } else process.stdout.write(trafficReport(findings, { width, colour: wantsColour() }));
}

/** The zone that was given, else the one that most lines of the logs name. */
function reportZone(timezone: string | undefined, logs: readonly LogReport[]): TrafficFindings['zone'] {
  if (timezone !== undefined) return { name: timezone, assumed: false };
  const lines = new Map<number, number>();
  for (const log of logs) {
    if (log.offsetMinutes !== undefined) lines.set(log.offsetMinutes, (lines.get(log.offsetMinutes) ?? 0) + log.lines);
  }
  const [most] = [...lines].sort((a, b) => b[1] - a[1]);
  return most ? { name: fixedZone(most[0]).name, assumed: false } : { name: 'UTC', assumed: true };
}

/** A log that the server has just begun is no fault of whoever asks. */
function onlyEmpty({ notRecognised }: TrafficReading): boolean {
  return notRecognised.length > 0 && notRecognised.every(({ reason }) => reason === 'empty');
}

function nothingRead({ notRecognised }: TrafficReading): string {
  return `traffic: no access log there.${notRecognisedLines(notRecognised)}\nAn unusual format? Say which: --log-format '%h %l %u %t "%r" %>s %b'`;
}

/** `inTime`: whether only a part of the time was asked for. */
function nothingMatched({ traffic, logs, notRecognised, span }: TrafficReading, inTime: boolean): string {
  if (logs.length === 0) return `nothing to tell: ${notRecognised.map(({ path }) => path).join(', ')}: empty.`;
  const lines = logs.reduce((sum, log) => sum + log.lines, 0);
  const read = `${lines} line${lines === 1 ? '' : 's'} of ${logs.length} log${logs.length === 1 ? '' : 's'} read`;
  if (traffic && traffic.filtered > 0)
    return `no request matches: ${read}, and the filters left out all ${traffic.filtered} requests. Ask for more: fewer filters, or globs with *.`;
  const notes = logs.flatMap(({ path, notes: said }) => said.map((note) => `\n  ${path}: ${note}`)).slice(0, 10);
  const unreadable = logs.reduce((sum, log) => sum + log.unreadable, 0);
  const why = unreadable > 0 ? `, ${unreadable} of them unreadable` : '';
  const wanted = inTime ? ' in the time asked for' : ' with a time was found';
  return `nothing to tell: ${read}${why}, and no request${span ? ' was left' : wanted}.${notes.join('')}`;
}
