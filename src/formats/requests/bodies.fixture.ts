// Bodies as attackers and clients send them to WordPress, for tests of everything that reads them.

const DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function xmlrpcCall(method: string, ...params: readonly string[]): string {
  const written = params.map((value) => `<param><value><string>${value}</string></value></param>`).join('');
  return `${DECLARED}<methodCall><methodName>${method}</methodName><params>${written}</params></methodCall>`;
}

/** As tools write it: each guess one call inside system.multicall. */
export function multicall(guesses: readonly (readonly [user: string, password: string])[]): string {
  const calls = guesses
    .map(
      ([user, password]) =>
        '<value><struct><member><name>methodName</name><value><string>wp.getUsersBlogs</string></value></member>' +
        '<member><name>params</name><value><array><data>' +
        `<value><string>${user}</string></value><value><string>${password}</string></value>` +
        '</data></array></value></member></struct></value>',
    )
    .join('');
  return `${DECLARED}<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>${calls}</data></array></value></param></params></methodCall>`;
}

export function pingback(from: string, to: string): string {
  return xmlrpcCall('pingback.ping', from, to);
}

export function loginForm(user: string, password: string): string {
  const fields = { log: user, pwd: password, 'wp-submit': 'Log In', redirect_to: 'https://example.org/wp-admin/' };
  return `${new URLSearchParams(fields)}&testcookie=1`;
}

/** A request as it goes over the wire. */
export function httpRequest(
  line: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Uint8Array {
  const bytes = Buffer.from(body);
  const all = { Host: 'example.org', 'Content-Length': `${bytes.length}`, ...headers };
  const head = Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head}\r\n`), bytes]);
}
