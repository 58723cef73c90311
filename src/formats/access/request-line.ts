// The request line of an access log entry, taken apart: method, target, protocol, or something that is no HTTP at all.

interface RequestLine {
  /** Empty when the line is empty or no HTTP. */
  readonly method: string;
  /** For a line that is no HTTP (TLS bytes, RTSP, SSH), the line as logged. */
  readonly target: string;
  readonly protocol: string;
}

const EMPTY: RequestLine = { method: '', target: '', protocol: '' };
/** RFC 9110, 5.6.2: what a method may consist of. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}$/;
const SHOUTED = /^[A-Z]{2,20}$/;

/**
 * `GET /a?b HTTP/1.1`; `-` (Apache) and the empty text (nginx) are the request that never came. A target may hold spaces,
 * as scanners send them. Without a protocol (HTTP/0.9, or Apache cutting a bad line) a method in capitals and a
 * path or address must stand there.
 */
export function splitRequest(text: string): RequestLine {
  const first = text.indexOf(' ');
  if (first < 0) return text === '' || text === '-' ? EMPTY : { method: '', target: text, protocol: '' };
  const last = text.lastIndexOf(' ');
  const method = text.slice(0, first);
  if (text.startsWith('HTTP/', last + 1)) {
    if (last > first && (isCommon(method) || TOKEN.test(method)))
      return { method, target: text.slice(first + 1, last), protocol: text.slice(last + 1) };
  } else if (SHOUTED.test(method) && !/ [A-Z]+\/\d[.\d]*$/.test(text.slice(last)) && startsTarget(text, first + 1)) {
    return { method, target: text.slice(first + 1), protocol: '' };
  }
  return { method: '', target: text, protocol: '' };
}

function isCommon(method: string): boolean {
  return method === 'GET' || method === 'POST' || method === 'HEAD';
}

function startsTarget(text: string, at: number): boolean {
  return text.startsWith('/', at) || text.startsWith('*', at) || text.startsWith('http', at);
}
