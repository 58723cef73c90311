import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closingQuote, unescapeQuotes } from './quoted.ts';
import { splitRequest } from './request-line.ts';

/** As Apache's ap_escape_logitem does it. */
const escaped = (text: string): string => text.replace(/["\\]/g, '\\$&');

describe('a request line', () => {
  it.each([
    ['GET /?a=1 HTTP/1.1', 'GET', '/?a=1', 'HTTP/1.1'],
    ['GET /a b c HTTP/1.0', 'GET', '/a b c', 'HTTP/1.0'],
    ['GET /', 'GET', '/', ''],
    ['OPTIONS * HTTP/1.0', 'OPTIONS', '*', 'HTTP/1.0'],
    ['CONNECT example.com:443 HTTP/1.1', 'CONNECT', 'example.com:443', 'HTTP/1.1'],
    ['PRI * HTTP/2.0', 'PRI', '*', 'HTTP/2.0'],
    ['GET /movil/ HTTP/2', 'GET', '/movil/', 'HTTP/2'],
    ['-', '', '', ''],
    ['', '', '', ''],
    ['OPTIONS / RTSP/1.0', '', 'OPTIONS / RTSP/1.0', ''],
    ['\\x16\\x03\\x01\\x00\\xEE\\x01', '', '\\x16\\x03\\x01\\x00\\xEE\\x01', ''],
    ['\\x16\\x03 HTTP/1.1 HTTP/1.1', '', '\\x16\\x03 HTTP/1.1 HTTP/1.1', ''],
    ['SSH-2.0-Go', '', 'SSH-2.0-Go', ''],
  ])('%s', (line, method, target, protocol) => {
    expect(splitRequest(line)).toEqual({ method, target, protocol });
  });

  it('never loses or invents anything', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const { method, target, protocol } = splitRequest(line);
        const back = [method, target, protocol].filter((part) => part !== '').join(' ');
        if (line !== '-' && target !== '') expect(line.startsWith(back) || back === line).toBe(true);
      }),
    );
  });
});

describe('quoted text', () => {
  it('ends at the quote that the server did not escape, whatever the client sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', 'a', ' ') }), fc.string(), (inner, after) => {
        const line = `"${escaped(inner)}" ${after}`;
        expect(closingQuote(line, 1)).toBe(escaped(inner).length + 1);
      }),
    );
    expect(closingQuote('Mozilla/5.0 (X11', 0)).toBe(-1);
    expect(closingQuote('a\\"', 0)).toBe(-1);
  });

  it('gives back its quotes, and leaves other escapes alone', () => {
    expect(unescapeQuotes('ag \\"q\\" \\\\ \\xc3\\xa9\\ttab')).toBe('ag "q" \\\\ \\xc3\\xa9\\ttab');
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', 'a') }), (inner) => {
        expect(unescapeQuotes(escaped(inner))).toBe(inner.replaceAll('\\', '\\\\'));
      }),
    );
  });
});
