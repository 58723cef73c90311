// The report on traffic for a terminal: how much it was, when, who and what cost most, and what all of it rests on.

import { many } from '../model/figures.ts';
import { type EpochMs, lengthSeconds } from '../model/time.ts';
import type { TrafficFindings } from '../model/traffic-reading.ts';
import { trafficPlot } from './plot.ts';
import { type Page, pageOf } from './terminal/page.ts';
import { plotColumns, writeBars } from './terminal/plot-lines.ts';
import { type Clock, clockOf } from './text/clock.ts';
import { bytesCell } from './traffic/figures.ts';
import { writeCompact, writeRobots, writeTrafficTable } from './traffic/tables.ts';
import {
  countingLines,
  DIMENSION_WORDS,
  errorWords,
  filterWords,
  foldedWords,
  logWords,
  ownersWords,
  REPLY_BYTES,
  requestWords,
  timingWords,
  visitorWords,
  workerWords,
} from './words/traffic.ts';

const MOST = { logs: 10, notes: 5, skipped: 5, lines: 8 };

/**
 * The report as text that ends in a newline. No line is wider than `width` columns (taken as 40 to 120).
 * Whatever stands in a log, no control character but our own newlines, and with `colour` our own colours, is in it.
 */
export function trafficReport(findings: TrafficFindings, options: { width: number; colour: boolean }): string {
  const page = pageOf(options.width, options.colour);
  const { first, last } = findings.traffic.whole.total;
  const today = clockOf({ zone: findings.zone, span: { from: first, to: last } });
  // Over several days each time has its date.
  const clock = today.date(first) === today.date(last) ? today : clockOf({ zone: findings.zone });
  const { whole, sources, groups } = findings.traffic;
  writeHead(page, findings, clock);
  writeTimes(page, findings, clock);
  if (groups && findings.query.by) writeTrafficTable(page, findings, groups, findings.query.by, clock);
  else {
    writeTrafficTable(page, findings, sources, ['source'], clock);
    writeTrafficTable(page, findings, whole.networks, ['network'], clock);
    writeTrafficTable(page, findings, whole.endpoints, ['endpoint'], clock);
    writeTrafficTable(page, findings, whole.agents, ['agent'], clock);
    writeRobots(page, findings, clock);
    writeCompact(page, findings);
  }
  writeFoot(page, findings);
  return page.done();
}

const LABEL = 13;

function writeHead(page: Page, { traffic, zone }: TrafficFindings, clock: Clock): void {
  const { total } = traffic.whole;
  const span = { from: total.first, to: total.last };
  // Stamps are of whole seconds: the last one belongs to the span.
  const seconds = lengthSeconds(span) + 1;
  const item = (label: string, text: string) =>
    page.text(text, { first: ` ${label.padEnd(LABEL)}`, rest: ' '.repeat(LABEL + 1) });
  page.raw(` ${page.paint('TRAFFIC', 'bold')}`);
  const hour = (at: EpochMs) => new Date(clock.local(at)).toISOString().slice(11, 16);
  const when =
    clock.date(span.from) === clock.date(span.to)
      ? `${clock.date(span.from)}, ${clock.during(span)}`
      : `${clock.date(span.from)} ${hour(span.from)} to ${clock.date(span.to)} ${hour(span.to)}`;
  page.text(`${when}, times in ${clock.zone}${zone.assumed ? ' (assumed)' : ''}`, { first: ' ', paint: ['dim'] });
  const filtered = filterWords(traffic);
  if (filtered !== undefined) page.text(filtered, { first: ' ', paint: ['yellow'] });
  page.blank();
  item('requests', requestWords(total.requests, seconds));
  item('visitors', visitorWords(traffic));
  item('bytes', `${bytesCell(total.bytes)} ${REPLY_BYTES[traffic.bytes]}`);
  item('errors', errorWords(total));
  item('cost', workerWords(total.workerMs, seconds));
  page.text(timingWords(traffic.timing), { first: ' '.repeat(LABEL + 1), paint: ['dim'] });
}

function writeTimes(page: Page, { traffic }: TrafficFindings, clock: Clock): void {
  const { first, last } = traffic.whole.total;
  const plot = trafficPlot(traffic.slices, { from: first, to: last + 1000 }, plotColumns(page));
  if (!plot || plot.rows.length === 0 || last - first < 10_000) return;
  page.heading('Over time');
  writeBars(page, plot, clock.local);
}

function writeFoot(page: Page, findings: TrafficFindings): void {
  page.heading('What this rests on');
  for (const log of findings.logs.slice(0, MOST.logs)) {
    page.text(logWords(log), { first: ' - ' });
    for (const note of log.notes.slice(0, MOST.notes)) page.text(note, { first: '   ', paint: ['dim'] });
    if (log.firstUnreadable !== undefined)
      page.text(`the first that is unreadable: ${log.firstUnreadable.slice(0, 80)}`, { first: '   ', paint: ['dim'] });
  }
  writeRest(page, findings.logs.length, MOST.logs, 'log');
  const counting = countingLines(findings);
  for (const line of counting.slice(0, MOST.lines)) page.text(line, { first: ' - ' });
  writeRest(page, counting.length, MOST.lines, 'note');
  const lost = folded(findings);
  if (lost !== undefined) page.text(lost, { first: ' - ' });
  const { by } = findings.query;
  const shows = !by || by.includes('source') || by.includes('network');
  const owners = shows && findings.owners.size > 0 ? ownersWords(findings) : undefined;
  if (owners !== undefined) page.text(owners, { first: ' - ' });
  const skipped = findings.notRecognised;
  if (skipped.length === 0) return;
  page.text(`${many(skipped.length, 'file')} not counted:`, { first: ' ', paint: ['yellow'] });
  for (const { path, reason } of skipped.slice(0, MOST.skipped))
    page.text(reason.startsWith(`${path}:`) ? reason : `${path}: ${reason}`, { first: ' - ' });
  writeRest(page, skipped.length, MOST.skipped, 'file');
}

function writeRest(page: Page, total: number, shown: number, noun: string): void {
  if (total > shown)
    page.text(`and ${many(total - shown, `more ${noun}`)}: see --json`, { first: '   ', paint: ['dim'] });
}

/** Of the tables that are shown. */
function folded({ traffic, query }: TrafficFindings): string | undefined {
  const { whole, sources, groups } = traffic;
  if (groups && query.by) {
    return foldedWords([
      { noun: query.by.map((dimension) => DIMENSION_WORDS[dimension].more).join(' and '), ...groups },
    ]);
  }
  return foldedWords([
    { noun: 'sources', ...sources },
    { noun: 'networks', ...whole.networks },
    { noun: 'endpoints', ...whole.endpoints },
    { noun: 'user agents', ...whole.agents },
    { noun: 'referers', ...whole.referers },
    { noun: 'hosts', ...whole.hosts },
  ]);
}
