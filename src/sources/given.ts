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
 * A format that the web server's configuration has, for logs that nothing else knows. Nothing when it can't be understood:
 * nobody typed it here, who could be told.
 */
export function configuredFormat(spec: string): TextFormat[] {
  const compiled = compileLogFormat(spec);
  if ('error' in compiled) return [];
  const { format } = compiled;
  const fits = (head: readonly string[]): boolean =>
    shareOfLines(head, (line) => format.parse(line) !== undefined) >= 0.5;
  return [
    {
      id: 'access-log-configured',
      title: "access log (as the web server's configuration says)",
      // The least that counts: whatever knows the lines by themselves goes before.
      recognise: (head) => (fits(head) ? 0.5 : 0),
      open: (sink) => accessReader(sink, format),
    },
  ];
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
