import { describe, expect, it } from 'vitest';
import { type FakeProgram, fakeHost } from '../../model/fake-host.fixture.ts';
import { readDisks, readJournal, readKernelLog } from './commands.ts';
import { type Sight, sightOf } from './sight.ts';

const seeing = (program: FakeProgram): Sight => sightOf(fakeHost({ program }));

describe('the journal', () => {
  it('is asked for newest first and read oldest first, half an entry left out', async () => {
    const sight = seeing((argv) => (argv.includes('-r') ? '{"n":3}\n{"n":2}\n{"n":1}\n{"n"' : undefined));
    expect(await readJournal(sight, 1_700_000_000_000)).toEqual({
      command: 'journalctl -n 20000 --since @1700000000',
      text: '{"n":1}\n{"n":2}\n{"n":3}\n',
    });
  });

  it('of an old systemd is asked without choosing fields', async () => {
    const sight = seeing((argv) =>
      argv.some((word) => word.startsWith('--output-fields'))
        ? { code: 1, stderr: "journalctl: unrecognized option '--output-fields=MESSAGE'" }
        : '{"n":1}\n',
    );
    expect((await readJournal(sight, 0))?.text).toBe('{"n":1}\n');
  });

  it('that shows only our own messages, or none, says so', async () => {
    const hint = 'Hint: You are currently not seeing messages from other users and the system.';
    const sight = seeing(() => ({ stdout: '{"n":1}\n', stderr: hint }));
    await readJournal(sight, 0);
    expect(sight.unseen).toEqual([
      { what: expect.stringContaining('only your own'), command: 'sudo seawall diagnose' },
    ]);
    expect(
      await readJournal(
        seeing(() => undefined),
        0,
      ),
    ).toBeUndefined();
    expect(
      await readJournal(
        seeing(() => ''),
        0,
      ),
    ).toBeUndefined();
  });
});

describe("the kernel's log", () => {
  it('is read with times where dmesg knows them', async () => {
    const old: FakeProgram = (argv) => (argv.length > 1 ? { code: 1, stderr: 'unknown option' } : '[1.0] x\n');
    expect(await readKernelLog(seeing(old))).toEqual({ command: 'dmesg', text: '[1.0] x\n' });
  });

  it('that may not be read is missed, and said', async () => {
    const sight = seeing(() => ({ code: 1, stderr: 'dmesg: read kernel buffer failed: Operation not permitted' }));
    expect(await readKernelLog(sight)).toBeUndefined();
    expect(sight.unseen[0]?.command).toBe('sudo dmesg --time-format iso');
  });
});

describe('the disks', () => {
  it('are told by what df prints, also when it fails at one of them', async () => {
    const sight = seeing((argv) => ({ code: 1, stdout: `Filesystem ${argv[1]}\n` }));
    expect((await readDisks(sight)).map(({ command }) => command)).toEqual(['df -kPl', 'df -iPl']);
  });
});
