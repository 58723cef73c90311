// What trials of `seawall respond` in the lab share: the state of the server before and after, a run with its report, and taking it back.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Lab } from '../lab/index.ts';
import type { Traffic, TrafficAnswer } from '../lab/traffic.ts';
import { type ResponseData, responseSchema } from '../src/report/response-schema.ts';

export const SEAWALL = join(import.meta.dirname, '../bin/seawall');
const VISITORS = Array.from({ length: 10 }, (_, i) => `198.51.100.${20 + i}`);
export const PHONE = '198.51.100.90';

/** What a response may change: the firewall, files, and which daemons run. */
interface HostState {
  readonly ruleset: string;
  readonly files: string;
  readonly daemons: string;
}

/** How the server is before anybody harms it, with the checksums of its rows. */
export interface Before extends HostState {
  readonly rows: string;
}

export async function lookBefore(on: Lab): Promise<Before> {
  return { ...(await stateOf(on)), rows: await rowsOf(on) };
}

export async function expectKilled(on: Lab, withinSeconds = 60): Promise<void> {
  expect(await until(async () => !(await isDatabaseUp(on)), withinSeconds)).toBe(true);
}

export async function expectRowsOf(before: Before, on: Lab): Promise<void> {
  expect(await rowsOf(on)).toBe(before.rows);
}

/** Rules, files and daemons. */
export async function expectStateOf({ rows: _, ...state }: Before, on: Lab): Promise<void> {
  expect(await stateOf(on)).toEqual(state);
}

/** Nothing was lost, and when all that was done is taken back the server is as before. */
export async function expectTakenBack(before: Before, on: Lab, report: ResponseData): Promise<void> {
  await expectRowsOf(before, on);
  await undoAll(on, report);
  await startDatabase(on);
  await expectStateOf(before, on);
}

async function stateOf(on: Lab): Promise<HostState> {
  const [ruleset, files, daemons] = await Promise.all([
    on.run(['nft', 'list', 'ruleset']),
    on.run(['sh', '-c', 'find /etc /usr/share/wordpress -xdev -type f -exec sha256sum {} + | sort -k2']),
    on.run(['sh', '-c', "ps -eo ppid,comm | awk '$1 == 1 { print $2 }' | sort -u"]),
  ]);
  return { ruleset: ruleset.stdout, files: files.stdout, daemons: daemons.stdout };
}

/** Rows that nobody changes by visiting. */
async function rowsOf(on: Lab): Promise<string> {
  const tables = ['posts', 'postmeta', 'users', 'usermeta', 'terms', 'term_relationships', 'comments'];
  const names = tables.map((table) => `wp_${table}`).join(', ');
  const { stdout, stderr } = await on.run([
    'sh',
    '-c',
    `mysql -N -e 'CHECKSUM TABLE ${names}' $(mysql -N -e "SELECT table_schema FROM information_schema.tables WHERE table_name = 'wp_posts'")`,
  ]);
  if (stdout === '') throw new Error(stderr);
  return stdout;
}

export interface Responded {
  readonly report: ResponseData;
  readonly code: number | undefined;
  readonly ms: number;
  /** What it said beside the report. */
  readonly said: string;
}

export async function respond(
  on: Lab,
  options: readonly string[] = ['--yes'],
  env: Readonly<Record<string, string>> = {},
): Promise<Responded> {
  const argv = [SEAWALL, 'respond', '--json', ...options] as const;
  const { stdout, stderr, code, ms } = await on.run(argv, { timeoutMs: 150_000, env });
  if (!stdout.startsWith('{')) throw new Error(`no report (exit ${code}): ${stderr}`);
  return { report: responseSchema.parse(JSON.parse(stdout)), code, ms, said: stderr };
}

/** Expectations about a response; when one fails, the response is shown, so that its reason is seen. */
export async function judge(told: Responded, expectations: () => void | Promise<void>): Promise<void> {
  try {
    await expectations();
  } catch (error) {
    process.stderr.write(`${JSON.stringify(summaryOf(told), undefined, 1)}\n`);
    throw error;
  }
}

/** All of it but the long lists. */
function summaryOf({ report, ...told }: Responded): unknown {
  const { incident, ...rest } = report;
  const { verdict, culprits, symptoms } = incident;
  return { ...told, ...rest, verdict, culprits, symptoms };
}

/** Takes everything back that was done, the latest first. */
export async function undoAll(on: Lab, { steps }: ResponseData): Promise<void> {
  await undoActs(
    on,
    steps.toReversed().flatMap(({ act }) => act ?? []),
  );
}

export async function undoActs(on: Lab, acts: readonly number[]): Promise<void> {
  for (const act of acts) {
    const { code, stdout, stderr } = await on.run([SEAWALL, 'undo', String(act), '--yes'], { timeoutMs: 120_000 });
    if (code !== 0) throw new Error(`undo ${act}: exit ${code}\n${stdout}\n${stderr}`);
  }
}

/** Undoing the start of a database that was dead stops it again: as before is as before the incident. */
export async function startDatabase(on: Lab): Promise<void> {
  await on.run(['service', 'mariadb', 'start']);
}

export function outcomeOf({ steps }: ResponseData, kind: string): string | undefined {
  return steps.find((step) => step.kind === kind)?.outcome;
}

/** What `seawall bans` lists. */
export async function bansOf(on: Lab): Promise<string[]> {
  const { stdout } = await on.run([SEAWALL, 'bans', '--json']);
  return [...stdout.matchAll(/"target": "([^"]+)"/g)].map(([, target = '']) => target).sort();
}

export const isServed = ({ status, ms }: TrafficAnswer): boolean => status === 200 && ms < 2000;

export async function isDatabaseUp(on: Lab): Promise<boolean> {
  return (await on.run(['pidof', 'mariadbd'])).code === 0;
}

/** Polls until it holds. @returns whether it did. */
export async function until(holds: () => boolean | Promise<boolean>, seconds: number): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await holds()) return true;
    if (Date.now() >= end) return false;
    await sleep(500);
  }
}

/** People who read the site, and one with the phone app. */
export function readersOf(on: Lab, seconds: number): Traffic {
  return on.visitors(
    [
      { actor: 'browser', perSecond: 0.4, sources: VISITORS },
      { actor: 'phone-app', perSecond: 0.1, from: 1, sources: [PHONE] },
    ],
    seconds,
  );
}
