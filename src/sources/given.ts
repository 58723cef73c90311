// What a person said about the evidence on the command line, checked.
import { accessReader } from '../formats/access/access-log.ts';
import { compileLogFormat } from '../formats/access/log-format.ts';
import type { TextFormat } from '../model/reader.ts';
import { shareOfLines } from '../model/reader.ts';
import { parseZone, type Zone } from './zone.ts';

/** An option that makes no sense; the message says which and what to do. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** @throws OptionError */
export function zoneOf(text: string): Zone {
  const zone = parseZone(text);
  if (zone) return zone;
  throw new OptionError(
    `--timezone ${text}: no such zone. Give a name such as Europe/Berlin, or an offset such as +01:00.`,
  );
}

/**
 * The format of `--log-format`, for the logs that it fits.
 * @throws OptionError
 */
export function givenFormat(spec: string): TextFormat {
  const compiled = compileLogFormat(spec);
  if ('error' in compiled) throw new OptionError(`--log-format: ${compiled.error}`);
  const { format } = compiled;
  return {
    id: 'access-log-given',
    title: 'access log (--log-format)',
    isGiven: true,
    recognise: (head) => (shareOfLines(head, (line) => format.parse(line) !== undefined) >= 0.5 ? 2 : 0),
    access: () => format,
    open: (sink) => accessReader(sink, format),
  };
}
