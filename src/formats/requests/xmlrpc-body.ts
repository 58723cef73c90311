// The body of an XML-RPC call (xmlrpc.com/spec): which methods it calls, for whom it logs in, whom it makes the server fetch.
import { SaxesParser } from 'saxes';
import type { BodyReading } from '../../model/capture.ts';
import { userAt } from './credentials.ts';
import { type BodyTally, bodyTally } from './tally.ts';

/** Deeper nesting is damage or malice: a multicall of arrays of structs has about twenty levels. */
const DEPTH_MAX = 64;
/** WordPress gives up at 30,000 elements. */
const ELEMENTS_MAX = 60_000;
/** Longer arrays and structs keep their first values: no method has its login behind them. */
const VALUES_MAX = 6;
const TEXT_MAX = 400;

/** A value as far as it is needed. */
type Value = string | readonly Value[] | undefined;

/** One element that is open. */
interface Frame {
  readonly tag: string;
  /** Text directly inside it. */
  text: string;
  /** What its closing hands upwards: the last value inside it, or the values of an array. */
  value: Value;
  readonly values: Value[];
  /** Of a member: its name. Of a struct or methodCall: the method that it names. */
  name: string;
  params: Value;
}

/** Ends the reading: damage, or more than anybody needs. */
class Enough extends Error {}

/**
 * Reads as far as the text goes. Entities that a document declares are not known and end the reading, as damage does.
 * Never throws. Memory does not grow with the number of calls.
 */
export function readXmlrpcBody(text: string): BodyReading {
  const tally = bodyTally();
  const whole = walk(text, tally);
  return tally.reading('xmlrpc', whole);
}

/** Whether it was XML to its end. */
function walk(text: string, tally: BodyTally): boolean {
  const parser = new SaxesParser({});
  const open: Frame[] = [];
  let elements = 0;
  let closed = false;
  parser.on('error', () => {
    throw new Enough();
  });
  parser.on('opentag', ({ name }) => {
    if (++elements > ELEMENTS_MAX || open.length >= DEPTH_MAX) throw new Enough();
    open.push({ tag: name, text: '', value: undefined, values: [], name: '', params: undefined });
  });
  const said = (part: string): void => {
    const top = open.at(-1);
    if (top && top.text.length < TEXT_MAX) top.text += part.slice(0, TEXT_MAX - top.text.length);
  };
  parser.on('text', said);
  parser.on('cdata', said);
  parser.on('closetag', () => {
    const frame = open.pop();
    if (frame) close(frame, open.at(-1), tally);
    closed ||= open.length === 0;
  });
  try {
    parser.write(text);
  } catch {
    closed = false;
  }
  finish(open, tally);
  return closed;
}

/** Closes what the text left open: a call whose end is missing is still a call. */
function finish(open: Frame[], tally: BodyTally): void {
  for (let frame = open.pop(); frame; frame = open.pop()) close(frame, open.at(-1), tally);
}

function close(frame: Frame, parent: Frame | undefined, tally: BodyTally): void {
  switch (frame.tag) {
    case 'methodName':
      if (parent) parent.name = frame.text.trim();
      break;
    case 'name':
      if (parent?.tag === 'member') parent.name = frame.text.trim();
      break;
    case 'param':
    case 'data':
      // A param has one value, data of an array any number; both hand them on.
      if (parent) for (const value of frame.values) keep(parent.values, value);
      break;
    case 'params':
      if (parent) parent.params = frame.values;
      break;
    case 'member':
      if (parent?.tag === 'struct' && frame.name === 'methodName') parent.name = textOf(frame.values[0]);
      else if (parent?.tag === 'struct' && frame.name === 'params') parent.params = frame.values[0];
      break;
    case 'array':
      if (parent) parent.value = frame.values;
      break;
    case 'struct':
    case 'methodCall':
      if (frame.name !== '') tellCall(frame.name, frame.params, tally);
      break;
    case 'value':
      if (parent) keep(parent.values, frame.value ?? (frame.text.trim() === '' ? '' : frame.text));
      break;
    default:
      // string, int, base64 and the like.
      if (parent?.tag === 'value') parent.value = frame.text;
  }
}

function keep(values: Value[], value: Value): void {
  if (values.length < VALUES_MAX) values.push(value);
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value.trim() : '';
}

function tellCall(method: string, params: Value, tally: BodyTally): void {
  tally.call(method);
  const values = typeof params === 'object' ? params : [];
  if (method === 'pingback.ping') {
    tally.pingback(textOf(values[0]), textOf(values[1]));
    return;
  }
  const at = userAt(method);
  if (at === undefined || at === 'unknown') return;
  const [user, password] = [values[at], values[at + 1]];
  if (typeof user === 'string' && typeof password === 'string') tally.login(user);
}
