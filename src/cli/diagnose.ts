// `seawall diagnose`: evidence in, the verdict out, in the form that was asked for.
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { diagnose } from '../diagnosis/index.ts';
import { knownHost } from '../diagnosis/known-host.ts';
import { duration, kilobytes } from '../model/figures.ts';
import type { Findings } from '../model/findings.ts';
import type { Cause } from '../model/verdict.ts';
import { advise } from '../remedies/index.ts';
import { htmlReport, jsonReport, jsonText, markdownReport, terminalReport } from '../report/index.ts';
import { type DossierOptions, readDossier } from '../sources/dossier.ts';
import { OptionError } from '../sources/given.ts';
import { findSymptoms } from '../symptoms/index.ts';
import { proxyOption, threadsOption, wantsColour, watchOption, widthOption, windowOptions } from './common-options.ts';
import { EXIT } from './exit.ts';
import { notRecognisedLines } from './not-recognised.ts';
import { type Progress, progressOn } from './progress.ts';

/** As commander hands them over. */
const OPTIONS = z.object({
  json: z.boolean().optional(),
  markdown: z.boolean().optional(),
  html: z.string().optional(),
  since: z.string().optional(),
  until: z.string().optional(),
  timezone: z.string().optional(),
  year: z.string().optional(),
  logFormat: z.string().optional(),
  trustedProxy: z.array(z.string()).optional(),
  width: z.string().optional(),
  threads: z.string().optional(),
  watch: z.string().optional(),
});

type Options = z.infer<typeof OPTIONS>;

/** How long a live host is watched, and how far back its logs are read, when nobody says it. */
const WATCH_MS = 5000;
const SINCE_MS = 3 * 3_600_000;

/**
 * @returns the exit code.
 * @throws OptionError and PathError for what a person gave wrongly.
 */
export async function diagnoseCommand(paths: readonly string[], given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  if (options.json && options.markdown) throw new OptionError('--json and --markdown: give one of them.');
  const progress = progressOn(process.stderr);
  const live = paths.length === 0;
  if (live && options.until !== undefined)
    throw new OptionError('--until: a live host is looked at until now. Name logs to look at the past.');
  if (!live && options.watch !== undefined)
    throw new OptionError('--watch: only a live host is watched: leave the paths out.');
  const findings = live
    ? await diagnoseHost(options, progress)
    : await investigate(dossierOptions(paths, options, Date.now(), progress), progress);
  if (findings.dossier.sources.length === 0) throw new OptionError(nothingRead(findings));
  if (options.html !== undefined) writePage(options.html, findings);
  write(findings, options);
  return exitCodeOf(findings.verdict.cause);
}

/** Why is this very host down? */
export async function diagnoseHost(options: Options, progress: Progress): Promise<Findings> {
  // What looks at a host is not loaded for files: it brings the network with it.
  const { liveHost, protectFromOomKiller } = await import('../host/index.ts');
  protectFromOomKiller();
  const { recordHost } = await import('../sources/live/record.ts');
  const begin = Date.now();
  const asked = windowOptions(options, begin);
  const recording = await recordHost(liveHost, {
    watchMs: watchOption(options.watch, WATCH_MS),
    since: asked.since ?? begin - SINCE_MS,
    ...(options.trustedProxy !== undefined && { trustedProxies: options.trustedProxy.map(proxyOption) }),
    onProgress: progress.say,
  });
  const findings = await investigate({ ...dossierOptions([], options, Date.now(), progress), recording }, progress);
  const { dossier } = findings;
  return { ...findings, dossier: { ...dossier, assumptions: [...dossier.assumptions, ownFootprint()] } };
}

/** A diagnosis must not be what a host in need dies of: so it says what it took. */
function ownFootprint(): string {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  return `Seawall itself held ${kilobytes(maxRSS)} at most and took ${duration((userCPUTime + systemCPUTime) / 1e6)} of processor time.`;
}

async function investigate(options: DossierOptions, progress: Progress): Promise<Findings> {
  const dossier = await readDossier(options);
  progress.end();
  const symptoms = findSymptoms(dossier);
  const verdict = diagnose(dossier, symptoms);
  const host = knownHost(dossier);
  return { dossier, symptoms, verdict, remedies: verdict.plans.map((plan) => advise(plan, dossier.traffic, host)) };
}

function dossierOptions(paths: readonly string[], options: Options, now: number, progress: Progress): DossierOptions {
  const { year, timezone, logFormat, trustedProxy, threads } = options;
  return {
    paths,
    now,
    onProgress: progress.show,
    ...windowOptions(options, now),
    ...(year !== undefined && { year: yearOption(year) }),
    ...(timezone !== undefined && { timezone }),
    ...(logFormat !== undefined && { logFormat }),
    ...(trustedProxy !== undefined && { trustedProxies: trustedProxy.map(proxyOption) }),
    ...(threads !== undefined && { threads: threadsOption(threads) }),
  };
}

function yearOption(text: string): number {
  const year = Number(text);
  if (/^\d{4}$/.test(text) && year >= 1990 && year <= 2100) return year;
  throw new OptionError(`--year ${text}: no such year. Give four digits, 1990 to 2100.`);
}

function write(findings: Findings, options: Options): void {
  if (options.json) process.stdout.write(jsonText(jsonReport(findings)));
  else if (options.markdown) process.stdout.write(markdownReport(findings));
  else process.stdout.write(terminalReport(findings, { width: widthOption(options.width), colour: wantsColour() }));
}

function writePage(file: string, findings: Findings): void {
  try {
    writeFileSync(file, htmlReport(findings));
  } catch (error) {
    throw new OptionError(
      `--html ${file}: cannot be written (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
}

function nothingRead({ dossier }: Findings): string {
  return `diagnose: nothing there that is known.${notRecognisedLines(dossier.notRecognised)}\nAn access log of an unusual format? Say which: --log-format '%h %l %u %t "%r" %>s %b'`;
}

export function exitCodeOf(cause: Cause): number {
  if (cause === 'none') return EXIT.done;
  return cause === 'unknown' ? EXIT.unknown : EXIT.wrong;
}
