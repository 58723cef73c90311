// What only programs tell: the journal or the kernel's log, and the file systems. Each is started once.
import type { EpochMs } from '../../model/time.ts';
import type { Sight } from './sight.ts';

export interface CommandOutput {
  /** As a person would type it. */
  readonly command: string;
  readonly text: string;
}

const ENTRIES_MAX = 20_000;
const OUTPUT_MAX = 24 << 20;
const TIMEOUT_MS = 4000;
/** What the reader of the journal takes; all else stays where it is. */
const FIELDS = 'MESSAGE,SYSLOG_IDENTIFIER,_COMM,_TRANSPORT,SYSLOG_PID,_PID,UNIT,USER_UNIT,_SYSTEMD_UNIT,_BOOT_ID';

/** The journal from a moment on; `undefined` where there is none that can be read. */
export async function readJournal(sight: Sight, since: EpochMs): Promise<CommandOutput | undefined> {
  const from = `@${Math.floor(since / 1000)}`;
  // Newest first: when it takes too long, or is too much, the oldest is what is lost.
  const wanted = ['--no-pager', '--quiet', '-r', '-n', `${ENTRIES_MAX}`, '--since', from, '-o', 'json'] as const;
  const options = { timeoutMs: TIMEOUT_MS, outputMax: OUTPUT_MAX };
  const short = ['journalctl', ...wanted, `--output-fields=${FIELDS}`] as const;
  let result = await sight.run(short, options);
  // systemd before 236 has no --output-fields.
  if (result?.code === 1 && /output-fields/.test(result.stderr))
    result = await sight.run(['journalctl', ...wanted], options);
  if (!result || result.stdout === '') return undefined;
  if (result.failure === 'timeout')
    sight.hidden('The older part of the journal: journalctl took too long.', `journalctl --since ${from}`);
  if (/not seeing messages from other users|insufficient permissions/i.test(result.stderr))
    sight.hidden('The journal of the system: only your own messages may be read.', 'sudo seawall diagnose');
  return { command: `journalctl -n ${ENTRIES_MAX} --since ${from}`, text: oldestFirst(result.stdout) };
}

/** The kernel's own ring, where no journal has it. */
export async function readKernelLog(sight: Sight): Promise<CommandOutput | undefined> {
  const options = { timeoutMs: 3000, outputMax: 4 << 20 };
  for (const argv of [['dmesg', '--time-format', 'iso'], ['dmesg']] as const) {
    const result = await sight.run(argv, options);
    if (result?.code === 0 && result.stdout.trim() !== '') return { command: argv.join(' '), text: result.stdout };
    if (/not permitted|denied/i.test(result?.stderr ?? '')) break;
  }
  sight.hidden("The kernel's log: it says who was killed for want of memory.", 'sudo dmesg --time-format iso');
  return undefined;
}

/** Space and inodes of local file systems that can be written to. */
export async function readDisks(sight: Sight): Promise<CommandOutput[]> {
  const found: CommandOutput[] = [];
  for (const argv of [
    ['df', '-kPl'],
    ['df', '-iPl'],
  ] as const) {
    const result = await sight.run([...argv, '-x', 'devtmpfs', '-x', 'squashfs', '-x', 'iso9660'], {
      timeoutMs: 3000,
    });
    if (result && result.stdout !== '') found.push({ command: argv.join(' '), text: result.stdout });
  }
  if (found.length === 0) sight.hidden('How full the disks are.', 'df -h; df -i');
  return found;
}

/** One entry a line; the last of an output that was cut is half a line, and left out. */
function oldestFirst(text: string): string {
  const lines = text.split('\n');
  lines.pop();
  return lines.length === 0 ? '' : `${lines.reverse().join('\n')}\n`;
}
