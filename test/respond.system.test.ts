// The guided way out, on a real site under a real flood: everybody is served again, nothing is lost, and all of it can be taken back.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Lab, startLab } from '../lab/index.ts';
import type { TrafficAnswer } from '../lab/traffic.ts';
import { type ResponseData, responseSchema } from '../src/report/response-schema.ts';

const SEAWALL = join(import.meta.dirname, '../bin/seawall');
const ATTACKER = '203.0.113.66';
const PHONE = '198.51.100.90';
const VISITORS = Array.from({ length: 10 }, (_, i) => `198.51.100.${20 + i}`);

let lab: Lab | undefined;
afterEach(() => lab?.down());

/** What a response may change: the firewall, files, and which daemons run. */
async function stateOf(on: Lab): Promise<{ ruleset: string; files: string; daemons: string }> {
  const [ruleset, files, daemons] = await Promise.all([
    on.run(['nft', 'list', 'ruleset']),
    on.run(['sh', '-c', 'find /etc /usr/share/wordpress -xdev -type f -exec sha256sum {} + | sort -k2 | sha256sum']),
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

async function responded(
  on: Lab,
  ...options: string[]
): Promise<{ report: ResponseData; code: number | undefined; ms: number }> {
  const { stdout, stderr, code, ms } = await on.run([SEAWALL, 'respond', '--json', ...options], { timeoutMs: 150_000 });
  if (!stdout.startsWith('{')) throw new Error(`no report: ${stderr}`);
  return { report: responseSchema.parse(JSON.parse(stdout)), code, ms };
}

/** Takes everything back that was done, the latest first. */
async function undoAll(on: Lab, { steps }: ResponseData): Promise<void> {
  for (const { act } of steps.toReversed())
    if (act !== undefined) await on.run([SEAWALL, 'undo', String(act), '--yes']);
}

const isServed = ({ status, ms }: TrafficAnswer): boolean => status === 200 && ms < 2000;
const outcomeOf = ({ steps }: ResponseData, kind: string) => steps.find((step) => step.kind === kind)?.outcome;

describe('seawall respond --yes', () => {
  it('ends a pingback flood that has killed the database: all are served, nothing is lost', {
    timeout: 240_000,
  }, async () => {
    lab = await startLab({ memoryMb: 512, badness: 900 });
    const before = { ...(await stateOf(lab)), rows: await rowsOf(lab) };
    const visitors = lab.visitors(
      [
        { actor: 'browser', perSecond: 0.4, sources: VISITORS },
        { actor: 'phone-app', perSecond: 0.05, sources: [PHONE] },
      ],
      200,
    );
    await sleep(5000);
    const attack = lab.attack([{ actor: 'pingback', perSecond: 1, sources: [ATTACKER] }], 190);
    const isAlive = async (): Promise<boolean> => (await lab?.run(['pidof', 'mariadbd']))?.code === 0;
    for (let waited = 0; waited < 60 && (await isAlive()); waited++) await sleep(1000);
    expect(await isAlive()).toBe(false);

    const begin = Date.now();
    const { report, code } = await responded(lab, '--yes');
    // A dead database ends every request at once: what they were is then seen only in those that hold on from before.
    expect(['pingback-abuse', 'request-flood']).toContain(report.incident.verdict.cause);
    expect(report.incident.culprits.map(({ id }) => id)).toEqual([ATTACKER]);
    expect(outcomeOf(report, 'block')).toBe('done');
    expect(outcomeOf(report, 'start-service')).toBe('done');
    expect(report.calm?.well).toBe(true);
    expect(code).toBe(0);

    // From a minute after the command on, while the attacker goes on.
    await sleep(Math.max(0, begin + 75_000 - Date.now()));
    const late = visitors.answers.filter(({ at }) => at >= begin + 60_000);
    expect(late.length).toBeGreaterThan(5);
    expect(late.filter((answer) => !isServed(answer))).toEqual([]);
    const app = await lab.visit('/xmlrpc.php', { source: PHONE, method: 'POST', body: '<methodCall/>' });
    expect(app.status).toBe(200);
    const { stdout } = await lab.run([SEAWALL, 'bans', '--json']);
    expect(stdout.match(/"target": "[^"]+"/g)).toEqual([`"target": "${ATTACKER}"`]);

    await Promise.all([attack.stop(), visitors.stop()]);
    expect(await rowsOf(lab)).toBe(before.rows);
    await undoAll(lab, report);
    // Undoing the start of a database that was dead would stop it again: as before is as before the incident.
    await lab.run(['service', 'mariadb', 'start']);
    const { rows: _, ...was } = before;
    expect(await stateOf(lab)).toEqual(was);
  });
});
