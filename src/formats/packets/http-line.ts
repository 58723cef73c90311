// The request line at the begin of a packet's payload, as far as the capture has it.

const METHOD = /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND) \S/;
const WHOLE = /(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND) [^ ]{1,2048} HTTP\/\d\.\d/;
const LINE_MAX = 1024;

/** The request line (RFC 9112, 3) if the text begins with a method; it may be cut by the snap length. */
export function requestLine(payload: string): string | undefined {
  if (!METHOD.test(payload.slice(0, 16))) return undefined;
  const end = payload.search(/[\r\n]/);
  return payload.slice(0, Math.min(end < 0 ? payload.length : end, LINE_MAX));
}

/** A whole request line anywhere in a line of text, as `tcpdump -A` prints it behind the bytes of the headers. */
export function requestLineIn(text: string): string | undefined {
  // The quick check keeps a line of many methods and no protocol from costing more than a look.
  if (!text.includes(' HTTP/')) return undefined;
  return WHOLE.exec(text.slice(0, 4096))?.[0];
}
