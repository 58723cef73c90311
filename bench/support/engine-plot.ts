// Draws how many lines a second each tool reads, on a logarithmic scale, as an SVG that suits light and dark pages.

import { asItIs, html } from '../../src/report/html/markup.ts';
import { DARK, LIGHT, type Palette } from '../../src/report/html/palette.ts';
import { LABELS, type ToolId } from './engine-tools.ts';

export interface PlottedSpeeds {
  /** Of the whole log. */
  readonly lines: number;
  readonly bytes: number;
  readonly cores: number;
  readonly tools: readonly { readonly id: ToolId; readonly linesPerSecond: number }[];
}

/** What each does while it reads. */
const DOES: Readonly<Record<ToolId, string>> = {
  wc: 'counts line feeds',
  rg: 'counts lines with a word',
  awk: 'counts one column',
  goaccess: 'parses and counts all',
  goaccessTenth: 'parses and counts all',
  goaccessJobs: 'parses and counts all',
  reference: 'parses and counts all',
  one: 'parses and counts all',
  all: 'parses and counts all',
};
const OURS: Partial<Record<ToolId, string>> = {
  all: 'Seawall, all cores',
  one: 'Seawall, one thread',
  reference: 'Seawall, reference parser',
};
/** GoAccess is shown on all lines alone: it is faster on a tenth. */
const IDS: readonly ToolId[] = ['wc', 'rg', 'awk', 'goaccess', 'goaccessJobs', 'reference', 'one', 'all'];

/** @throws when the last line is no result of the benchmark log-engine */
export function speedsIn(output: string): PlottedSpeeds {
  const result = lastObject(output);
  const figure = (name: string): number | undefined => {
    const found = result[name];
    return typeof found === 'number' ? found : undefined;
  };
  const tools = IDS.flatMap((id) => {
    const linesPerSecond = figure(`combined${id.charAt(0).toUpperCase()}${id.slice(1)}LinesPerSecond`);
    return linesPerSecond === undefined ? [] : [{ id, linesPerSecond }];
  });
  const [lines, bytes, cores] = [figure('combinedLines'), figure('combinedBytes'), figure('cores')];
  if (tools.length === 0 || lines === undefined || bytes === undefined || cores === undefined)
    throw new Error('there are no speeds in it');
  return { lines, bytes, cores, tools: tools.sort((a, b) => b.linesPerSecond - a.linesPerSecond) };
}

function lastObject(output: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
    if (typeof value === 'object' && value !== null && 'benchmark' in value && value.benchmark === 'log-engine')
      return { ...value };
  } catch {
    // Said below.
  }
  throw new Error('its last line is no result of "npm run bench -- log-engine --json"');
}

/** Pixels. */
const WIDTH = 780;
const LEFT = 216;
const RIGHT = 232;
const TOP = 78;
const ROW = 34;
const BOTTOM = 46;

export function plotOf({ lines, bytes, cores, tools }: PlottedSpeeds): string {
  const decades = decadesOf(tools.map(({ linesPerSecond }) => linesPerSecond));
  const area = WIDTH - LEFT - RIGHT;
  const x = (value: number): number => LEFT + ((Math.log10(value) - decades.from) / (decades.to - decades.from)) * area;
  const floor = TOP + tools.length * ROW;
  const height = floor + BOTTOM;
  const ticks = Array.from({ length: decades.to - decades.from + 1 }, (_, i) => 10 ** (decades.from + i));
  const grid = ticks.map(
    (value) => html`
<line class="grid" x1="${x(value)}" x2="${x(value)}" y1="${TOP - 8}" y2="${floor}"/><text class="tick" x="${x(value)}" y="${floor + 18}">${short(value)}</text>`,
  );
  const rows = tools.map(({ id, linesPerSecond }, i) => {
    const y = TOP + (i + 0.5) * ROW - 4;
    const at = x(linesPerSecond);
    const kind = id in OURS ? 'ours' : 'theirs';
    return html`
<g class="${kind}"><text class="name" x="${LEFT - 14}" y="${y + 5}">${nameOf(id)}</text><line class="lane" x1="${LEFT}" x2="${LEFT + area}" y1="${y}" y2="${y}"/><circle cx="${at}" cy="${y}" r="5.5"/><text class="value" x="${LEFT + area + 14}" y="${y + 5}">${short(linesPerSecond)}</text><text class="does" x="${LEFT + area + 66}" y="${y + 5}">${DOES[id]}</text></g>`;
  });
  const words = `${short(lines)} lines of Apache's combined log, ${(bytes / 1e9).toPrecision(2)} GB, in memory; ${cores} cores. The reference parser: a tenth of them.`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${spoken(tools)}">
<style>${asItIs(CSS)}</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>
<text class="heading" x="24" y="32">Log lines read in a second</text><text class="words" x="24" y="52">${words}</text>${grid}${rows}
<text class="tick" x="${LEFT + area / 2}" y="${floor + 36}">lines a second, each step ten times the one before</text>
</svg>
`.markup;
}

function spoken(tools: PlottedSpeeds['tools']): string {
  return `Lines a second: ${tools.map(({ id, linesPerSecond }) => `${nameOf(id)} ${short(linesPerSecond)}`).join('; ')}`;
}

function nameOf(id: ToolId): string {
  return OURS[id] ?? LABELS[id];
}

/** Powers of ten around all values. */
function decadesOf(values: readonly number[]): { readonly from: number; readonly to: number } {
  const from = Math.floor(Math.log10(Math.min(...values)));
  return { from, to: Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values)))) };
}

/** "4.6 M", "46 k". */
function short(value: number): string {
  if (value >= 1e6) return `${two(value / 1e6)} M`;
  return value >= 1000 ? `${two(value / 1000)} k` : two(value);
}

function two(value: number): string {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(2)).toString();
}

function colours({ paper, ink, faint, rule, data, fine }: Palette): string {
  return `.paper{fill:${paper}}.heading,.name,.value{fill:${ink}}.words,.tick,.does{fill:${faint}}.grid,.lane{stroke:${rule}}
.theirs circle{fill:${data}}.ours circle,.ours .name,.ours .value{fill:${fine}}`;
}

const CSS = `text{font:12.5px 'DejaVu Sans',Verdana,sans-serif}
.heading{font-size:16px;font-weight:700}.words,.does,.tick{font-size:11.5px}
.name{text-anchor:end}.ours .name{font-weight:700}.value{font-weight:700}
.tick{text-anchor:middle}.lane{stroke-dasharray:1 4}
${colours(LIGHT)}
@media (prefers-color-scheme:dark){${colours(DARK)}}
`;
