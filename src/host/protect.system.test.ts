import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const HOST = join(import.meta.dirname, 'index.ts');
/** More likely to be chosen than usual, as programs of a user's session are. */
const AT_FIRST = '500';

it('a process that is protected from the OOM killer starts others that are not', () => {
  const code = `
    import { readFileSync } from 'node:fs';
    import { liveHost, protectFromOomKiller } from ${JSON.stringify(HOST)};
    const read = () => console.log(readFileSync('/proc/self/oom_score_adj', 'utf8').trim());
    protectFromOomKiller();
    read();
    const { stdout } = await liveHost.run(['sh', '-c', 'sh -c "cat /proc/self/oom_score_adj"']);
    console.log(stdout.trim());
    read();
  `;
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
  const shell = `echo ${AT_FIRST} >/proc/self/oom_score_adj && exec "$@"`;
  const told = execFileSync('/bin/bash', ['-c', shell, 'sh', ...node], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const [own, child, after] = told;
  // Below 0 takes a right that root of a container may lack.
  expect(['-900', '0']).toContain(own);
  expect(child).toBe(AT_FIRST);
  expect(after).toBe(own);
});
