// What a database that is starting says of itself, in one line: crash recovery takes minutes, and silence looks like failure.
import type { HostReader } from '../../../model/host.ts';
import type { Database } from './database.ts';

const LINE_MAX = 160;
const TAIL_BYTES = 16_384;

/** The last line of its error log or its unit's journal; `undefined` where it says nothing. */
export async function databasePulse(host: HostReader, { errorLog, manager }: Database): Promise<string | undefined> {
  if (errorLog !== undefined)
    return lastLine((await host.run(['tail', '-c', String(TAIL_BYTES), '--', errorLog])).stdout);
  if (manager.by !== 'systemd') return undefined;
  return lastLine(
    (await host.run(['journalctl', '--unit', manager.unit, '--lines', '5', '--output', 'cat', '--no-pager'])).stdout,
  );
}

function lastLine(text: string): string | undefined {
  const line = text.split('\n').findLast((one) => one.trim() !== '');
  return line?.replace(/[^\x20-\x7e]/g, '?').slice(0, LINE_MAX);
}
