// How both ways of `seawall capture` end: the verdict on what was seen, in the form that was asked for.
import { judgeCapture } from '../diagnosis/capture/index.ts';
import type { CapturedRequest } from '../model/capture.ts';
import type { CaptureFindings, CaptureKind, CaptureWay } from '../model/capture-verdict.ts';
import { captureData, captureReport, jsonText } from '../report/index.ts';
import { examplesOf } from '../sources/capture/gather.ts';
import type { CaptureCommand } from './capture-options.ts';
import { wantsColour } from './common-options.ts';
import { EXIT } from './exit.ts';

/** @returns the exit code: 1 when they attack, 0 when nothing is wrong, 3 when it can't be told. */
export function reportCapture(
  requests: readonly CapturedRequest[],
  about: { readonly way: CaptureWay; readonly notes: readonly string[]; readonly kept: string },
  { trustedProxies, json, width }: CaptureCommand,
): number {
  const { way } = about;
  const seconds = way.kind === 'drop-in' ? (way.span.to - way.span.from) / 1000 : undefined;
  const findings: CaptureFindings = {
    readAt: Date.now(),
    verdict: judgeCapture(requests, { trustedProxies, ...(seconds !== undefined && { seconds }) }),
    examples: examplesOf(requests),
    ...about,
    notes: [...about.notes, ...cutNote(requests)],
  };
  if (json) process.stdout.write(jsonText(captureData(findings)));
  else process.stdout.write(captureReport(findings, { width, colour: wantsColour() }));
  return exitCodeOf(findings.verdict.kind);
}

function cutNote(requests: readonly CapturedRequest[]): string[] {
  const cut = requests.filter(({ whole, body }) => !whole && body === 'xmlrpc').length;
  return cut === 0
    ? []
    : [`Of ${cut} XML-RPC bodies the end is missing or damaged: what was counted in them is the least.`];
}

function exitCodeOf(kind: CaptureKind): number {
  if (kind === 'legitimate') return EXIT.done;
  return kind === 'nothing' || kind === 'unclear' ? EXIT.unknown : EXIT.wrong;
}
