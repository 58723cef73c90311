// Reads a message of PHP itself, as it stands in PHP's log, the web server's, FPM's, or WordPress's debug.log.
import type { PhpEvent } from '../../model/event.ts';
import { componentOf, componentOfCallers, componentOfTrace } from './php-component.ts';
import { meaningOf, type PhpMeaning } from './php-meaning.ts';
import { clip, known } from './rules.ts';
import { takePhpStamp } from './stamps.ts';

/** With a stack trace; more is not read. */
const TEXT_MAX = 65_536;
const HEAD_MAX = 4096;
const MESSAGE_LENGTH = 300;

const LEVEL =
  /^(?:PHP )?(Fatal error|Recoverable fatal error|Catchable fatal error|Core error|Compile error|Parse error|Warning|Core Warning|Compile Warning|Notice|Deprecated|Strict Standards|Strict standards): {1,3}/i;

const LEVELS: ReadonlyMap<string, PhpEvent['level'] | 'noise'> = new Map([
  ['parse error', 'parse'],
  ['warning', 'warning'],
  ['core warning', 'warning'],
  ['compile warning', 'warning'],
  ['notice', 'notice'],
  // Advice to the programmer of a page that works.
  ['deprecated', 'noise'],
  ['strict standards', 'noise'],
]);

/** `in /path/file.php on line 12` at the end (main/main.c), `in /path/file.php:12` in the head of an exception. */
const FILE = /^ in (\/[^\n]{1,1000}?)(?: on line |:)\d{1,9}(?:$|\n|\\n)/;

/** The last place named is where it happened: "called in A on line 1 and defined in B:2". */
function fileOf(head: string): string | undefined {
  const at = head.lastIndexOf(' in /');
  return at < 0 ? undefined : FILE.exec(head.slice(at))?.[1];
}

/**
 * What PHP says (main/main.c, Zend/zend_exceptions.c, wp-includes/class-wpdb.php). `PHP message: ` in front, as FastCGI carries it, is taken off;
 * of several messages in one line the worst counts. Lines break by a newline or, as Apache writes it, by `\n`. `undefined` when it is no
 * message of PHP or one that means nothing (Deprecated). Never throws.
 */
export function readPhpMessage(message: string): PhpEvent | undefined {
  const text = takePhpStamp(clip(message, TEXT_MAX)).rest.replace(/^NOTICE: /, '');
  if (!text.startsWith('PHP message: ')) return readOne(text);
  let worst: PhpEvent | undefined;
  for (const part of text.slice('PHP message: '.length).split(/; ?PHP message: /, 50)) {
    const event = readOne(part);
    if (event && (!worst || gravity(event) > gravity(worst))) worst = event;
  }
  return worst;
}

/** A fatal error before a warning, and one that says why before one that doesn't. */
function gravity(event: PhpEvent): number {
  const level = { fatal: 6, parse: 6, warning: 2, notice: 0 }[event.level];
  const database = event.what.startsWith('database-') && event.what !== 'database-error';
  return level + (database ? 5 : event.what === 'other' ? 0 : event.what === 'uncaught' ? 1 : 2);
}

function readOne(text: string): PhpEvent | undefined {
  const word = LEVEL.exec(text);
  const body = word ? text.slice(word[0].length) : text;
  const level = word ? (LEVELS.get((word[1] ?? '').toLowerCase()) ?? 'fatal') : 'warning';
  if (level === 'noise') return undefined;
  const head = clip(beforeTrace(body), HEAD_MAX);
  if (head.startsWith('WordPress database error ')) return wordpressDatabaseError(head);
  const meaning = meaningOf(head, level);
  // Without a level it is what a program wrote with error_log(): worth an event only when it tells something.
  if (!word && !tells(meaning, head)) return undefined;
  const file = fileOf(head);
  return {
    kind: 'php',
    level,
    what: meaning.what,
    message: clip(firstLine(head), MESSAGE_LENGTH),
    ...known({ file, component: (file && componentOf(file)) ?? componentOfTrace(body), peer: meaning.peer }),
  };
}

function tells(meaning: PhpMeaning, head: string): boolean {
  return meaning.what !== 'other' && (meaning.what.startsWith('database-') || /exception|error/i.test(head));
}

function beforeTrace(text: string): string {
  const at = text.search(/(?:\n|\\n)(?:PHP )?Stack trace:/);
  return at < 0 ? text : text.slice(0, at);
}

function firstLine(text: string): string {
  const at = text.search(/\n|\\n/);
  return (at < 0 ? text : text.slice(0, at)).trimEnd();
}

/** `WordPress database error WHY for query SQL made by CALLERS` (wpdb::print_error). The query is a visitor's words as much as the site's. */
function wordpressDatabaseError(head: string): PhpEvent {
  const query = head.indexOf(' for query ');
  const why = query < 0 ? head : head.slice(0, query);
  const callers = head.lastIndexOf(' made by ');
  return {
    kind: 'php',
    level: 'warning',
    what: meaningOf(why, 'warning').what,
    message: clip(firstLine(why), MESSAGE_LENGTH),
    ...known({ component: callers < 0 ? undefined : componentOfCallers(head.slice(callers)) }),
  };
}
