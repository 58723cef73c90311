// The drop-in for one capture: its code with its limits filled in. It knows by itself when to stop.
import { REQUEST_FIELDS } from '../../model/request-fields.ts';
import type { EpochMs } from '../../model/time.ts';
import { DROP_IN } from './drop-in-code.ts';

export interface DropInLimits {
  readonly until: EpochMs;
  /** Requests that are noted, at most. */
  readonly count: number;
  /** Only requests for this path; all that bring a body when it is absent. */
  readonly path?: string;
  /** Only requests of this canonical address. */
  readonly from?: string;
}

/** Where it may write: it takes the first that its user may write to. They exist already; it makes none. */
export interface RecordFiles {
  readonly record: string;
  /** One byte a request, so that counting costs nothing. */
  readonly tally: string;
}

/** Of a body, so much is looked at: a multicall of 1,000 guesses has some 300 kB. */
const BODY_BYTES = 524_288;
/** A request with its reply takes less than this in the record. */
const RECORD_BYTES = 8192;

/** PHP source. Each text in it stands as a PHP string, whatever is in it. */
export function dropIn(limits: DropInLimits, files: readonly RecordFiles[]): string {
  const config = phpArray({
    files: `array(${files.map((file) => phpArray({ record: phpText(file.record), tally: phpText(file.tally) })).join(', ')})`,
    count: `${limits.count}`,
    bytes: `${limits.count * RECORD_BYTES}`,
    body: `${BODY_BYTES}`,
    path: phpText(limits.path ?? ''),
    from: phpText(limits.from ?? ''),
  });
  const fields = phpArray(
    Object.fromEntries(
      Object.entries(REQUEST_FIELDS).map(([kind, names]) => [kind, `array(${names.map(phpText).join(', ')})`]),
    ),
  );
  const until = `${Math.ceil(limits.until / 1000)}`;
  return DROP_IN.replace(/\/\*SEAWALL-UNTIL\*\/0/, () => until)
    .replace(/\/\*SEAWALL-CONFIG\*\/array\(.*\);$/m, () => `${config};`)
    .replace(/\/\*SEAWALL-FIELDS\*\/array\(\)/, () => fields);
}

function phpArray(entries: Readonly<Record<string, string>>): string {
  return `array(${Object.entries(entries)
    .map(([key, code]) => `${phpText(key)} => ${code}`)
    .join(', ')})`;
}

/** A PHP string in single quotes: only the backslash and the quote mean something in it. */
function phpText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
