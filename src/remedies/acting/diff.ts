// A small unified diff of two texts, for people: what goes, what comes, and the lines around it.

const CONTEXT = 2;
/** Beyond this the middle is shown as gone and come whole: a diff is to be read, and memory is bounded. */
const CELLS_MAX = 4_000_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
  /** Line numbers in the old and the new text, from 1. */
  readonly old: number;
  readonly fresh: number;
}

/** Lines as of diff -u, without the names of files. None when the texts are equal. */
export function unifiedDiff(before: string, after: string): string[] {
  const lines = aligned(linesOf(before), linesOf(after));
  const shown = new Set<number>();
  lines.forEach(({ sign }, at) => {
    if (sign === ' ') return;
    for (let near = at - CONTEXT; near <= at + CONTEXT; near++) shown.add(near);
  });
  const printed: string[] = [];
  lines.forEach(({ sign, text, old, fresh }, at) => {
    if (!shown.has(at)) return;
    if (at === 0 || !shown.has(at - 1)) printed.push(`@@ -${old} +${fresh} @@`);
    printed.push(`${sign}${text}`);
  });
  return printed;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function aligned(old: readonly string[], fresh: readonly string[]): Line[] {
  let first = 0;
  while (first < old.length && first < fresh.length && old[first] === fresh[first]) first++;
  let last = 0;
  while (last < old.length - first && last < fresh.length - first && old.at(-1 - last) === fresh.at(-1 - last)) last++;
  const lines: Line[] = [];
  const put = (sign: Line['sign'], i: number, j: number): void => {
    lines.push({ sign, text: (sign === '+' ? fresh[j] : old[i]) ?? '', old: i + 1, fresh: j + 1 });
  };
  for (let i = 0; i < first; i++) put(' ', i, i);
  const [oldEnd, freshEnd] = [old.length - last, fresh.length - last];
  const common = commonLines(old.slice(first, oldEnd), fresh.slice(first, freshEnd));
  let [i, j] = [first, first];
  for (const [a, b] of [...common, [oldEnd - first, freshEnd - first] as const]) {
    while (i < a + first) put('-', i++, j);
    while (j < b + first) put('+', i, j++);
    if (i < oldEnd && j < freshEnd) put(' ', i++, j++);
  }
  while (i < old.length && j < fresh.length) put(' ', i++, j++);
  return lines;
}

/** A longest common subsequence, as pairs of places. */
function commonLines(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  if (a.length * b.length > CELLS_MAX) return [];
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [down, right] = [longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0];
      longest[i * width + j] = a[i] === b[j] ? (longest[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if ((longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}
