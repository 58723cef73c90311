import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Findings } from '../model/findings.ts';
import { SYMPTOM_IDS } from '../model/symptom.ts';
import { CAUSES } from '../model/verdict.ts';
import { hostile, hostileText } from './hostile.fixture.ts';
import { htmlText } from './html/markup.ts';
import { htmlReport } from './html.ts';
import { pingbackFindings } from './pingback.fixture.ts';
import { ACCEPTED, findingsOf, symptomOf } from './symptoms.fixture.ts';

const CSP = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`;
const VOID = new Set(['meta', 'br']);
const ELEMENTS = new Set(
  'html head meta title style body main aside header section footer h1 h2 h3 p span b a br ul ol li dl dt dd figure figcaption blockquote code pre time table thead tbody tr th td svg g path rect line circle text tspan'.split(
    ' ',
  ),
);
const ATTRIBUTES =
  /^(?: (?:lang|charset|http-equiv|content|name|class|id|href|scope|datetime|role|aria-label|aria-labelledby|x|y|x1|x2|y1|y2|cx|cy|r|d|dx|width|height|viewBox|preserveAspectRatio)="[^"<>]*")*\/?$/;

/** Every element of the page in order; fails when one is not ours, not closed, or has an attribute of somebody else. */
function elementsOf(page: string): string[] {
  const body = page.replace(/^<!DOCTYPE html>\n/, '').replace(/<style>[^<]*<\/style>/, '');
  const open: string[] = [];
  const seen: string[] = [];
  for (const [tag, close, name = '', attributes = ''] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)([^<>]*)>/g)) {
    expect(ELEMENTS, tag).toContain(name);
    expect(attributes, tag).toMatch(ATTRIBUTES);
    if (close === '/') expect(open.pop(), tag).toBe(name);
    else {
      seen.push(name);
      if (!VOID.has(name) && !attributes.endsWith('/')) open.push(name);
    }
  }
  expect(open).toEqual([]);
  const bare = body.replace(/<\/?[a-z][a-z0-9]*[^<>]*>/g, '');
  expect(bare).not.toMatch(/[<>]/);
  expect(bare).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
  return seen;
}

/** The page as it is read: without markup, entities resolved, ties as spaces. */
function readable(page: string): string {
  return page
    .replace(/<style>[^<]*<\/style>/, '')
    .replace(/<[^>]*>/g, '')
    .replaceAll('\u00a0', ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function headings(page: string): string[] {
  return [...page.matchAll(/<h([123])[^>]*>(.*?)<\/h\1>/g)].map(([, level, text]) => `${level} ${text}`);
}

const breakIn = (): Findings =>
  findingsOf('login-brute-force', [symptomOf('login-failures')], {
    compromised: 'possible',
    compromiseEvidence: [ACCEPTED],
  });

describe('the page', () => {
  const page = htmlReport(pingbackFindings());
  const text = readable(page);

  it('forbids all that it does not hold itself, before anything else is read', () => {
    expect(page).toContain(CSP);
    expect(page.indexOf(CSP)).toBeLessThan(page.indexOf('<style>'));
    expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|@import|url\(|\ssrc=|\son[a-z]+=/i);
    expect(page).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
  });

  it('is well formed, and refers only to what is there', () => {
    elementsOf(page);
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.matchAll(/ (?:href="#|aria-labelledby=")([^"]*)"/g)) expect(ids).toContain(id);
  });

  it('has the sections of the terminal report, in its order', () => {
    expect(headings(page)).toEqual([
      '1 Pingback abuse',
      '2 Who is to blame',
      '2 How it came about',
      '2 Timeline, from 10:04:42 to 10:10:41 UTC',
      '3 Moment by moment',
      '2 What to do now',
      '3 Block 203.0.113.66 in the firewall for 24 hours',
      '3 Restart the web server, to clear the pile and the queue',
      '3 Deny /xmlrpc.php in the web server, before PHP starts',
      '2 What it is not',
      '2 What would make it surer',
      '2 What this rests on',
      '3 What was read',
      '3 What was not looked at',
      '3 What was assumed or noticed',
    ]);
  });

  it('quotes every piece of evidence with its place, and gives the arithmetic of every link', () => {
    for (const { symptom, because } of pingbackFindings().verdict.chain) {
      for (const { file, line, text: quote } of symptom.evidence) {
        expect(page).toContain(`<figcaption>${file}:${line}</figcaption><blockquote><code>${htmlText(quote)}</code>`);
      }
      if (because !== undefined) expect(text).toContain(because);
    }
  });

  it('says who it was, what to do, whom that would hit, how it is undone, what lost, what is missing', () => {
    for (const { preview } of pingbackFindings().remedies) {
      for (const command of [...preview.commands, ...preview.undo]) expect(text).toContain(`${command}\n`);
    }
    expect(text).toContain('very sure, 94 %');
    expect(text).toContain('96 % of the worker time: 3,412 worker-seconds in 138 requests');
    expect(text).toContain('and hit nobody else.');
    expect(text).toContain('Password guessing 4 %');
    expect(text).toContain('tcpdump -c 200 -w body.pcap');
    expect(text).toMatch(/notes\.txtno known formatIt begins: called the hoster/);
    expect(text).toContain('taken as UTC, like the manifest');
  });

  it('begins with the warning and the request when a guessed password was possibly accepted', () => {
    const warned = htmlReport(breakIn());
    const at = (part: string) => warned.indexOf(part, warned.indexOf('<body>'));
    expect(at('A GUESSED PASSWORD WAS POSSIBLY ACCEPTED')).toBeLessThan(at('access_log:12'));
    expect(at('access_log:12')).toBeLessThan(at('<h1>'));
    expect(page).not.toContain('class="alarm"');
  });

  it('says every cause, with any symptoms or none', () => {
    for (const cause of CAUSES) {
      const symptoms = SYMPTOM_IDS.map((id) => symptomOf(id));
      for (const findings of [findingsOf(cause, []), findingsOf(cause, symptoms)]) elementsOf(htmlReport(findings));
      const { span: _, ...dossier } = findingsOf(cause, []).dossier;
      const { span: __, ...verdict } = findingsOf(cause, []).verdict;
      elementsOf(htmlReport({ ...findingsOf(cause, []), dossier, verdict }));
    }
  });

  it('stays bounded, and counts what it leaves out', () => {
    const findings = pingbackFindings();
    const [event] = findings.dossier.events;
    const events = Array.from({ length: 5000 }, (_, i) => ({
      ...(event ?? expect.fail('no event')),
      at: 1e12 + i * 120_000,
      until: 1e12 + i * 120_000,
    }));
    const [source] = findings.dossier.sources;
    const sources = Array.from({ length: 5000 }, () => source ?? expect.fail('no source'));
    const { span: _, ...verdict } = findings.verdict;
    const span = { from: 1e12, to: 1e12 + 5000 * 120_000 };
    const long = htmlReport({ ...findings, verdict, dossier: { ...findings.dossier, span, events, sources } });
    expect(long).toMatch(/and [\d,]+ more moments: see --json/);
    expect(long).toContain('and 4,800 more sources: see --json');
    expect(long.length).toBeLessThan(400_000);
  });

  it('lets no text of a log become markup, or stay unseen', () => {
    const everything = findingsOf(
      'application-error',
      SYMPTOM_IDS.map((id) => symptomOf(id)),
      { compromised: 'possible', compromiseEvidence: [ACCEPTED] },
    );
    const plainly = new Map([pingbackFindings(), everything].map((one) => [one, elementsOf(htmlReport(one))]));
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...plainly.keys()), (bad, findings) => {
        const attacked = htmlReport(hostile(findings, bad));
        expect(attacked).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
        );
        expect(attacked).toContain(CSP);
        const seen = elementsOf(attacked);
        expect(seen.filter((name) => name === 'h1' || name === 'h2' || name === 'figure')).toEqual(
          (plainly.get(findings) ?? []).filter((name) => name === 'h1' || name === 'h2' || name === 'figure'),
        );
      }),
      { numRuns: 60 },
    );
  });
});
