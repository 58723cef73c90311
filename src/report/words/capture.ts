// Captured requests in words: what they are, why, and what to do about it.
import type { CapturedRequest, NameCount } from '../../model/capture.ts';
import type {
  CaptureFindings,
  CaptureKind,
  CaptureSender,
  SenderKind,
  SenderReason,
} from '../../model/capture-verdict.ts';
import { count, duration, figure, many, often, quoted, some } from '../../model/figures.ts';

export const CAPTURE_TITLES: Readonly<Record<CaptureKind, string>> = {
  passwords: 'Password attack',
  reflection: 'Reflection: the site is made to attack others',
  'denial-of-service': 'Denial of service',
  legitimate: 'Ordinary work',
  mixed: 'Several attacks at once',
  unclear: 'Not clear',
  nothing: 'Nothing came',
};

export const SENDER_NOUNS: Readonly<Record<SenderKind, string>> = {
  passwords: 'guesses passwords',
  reflection: 'makes the site call others',
  'denial-of-service': 'keeps PHP busy for nothing',
  client: 'a program that works with the site',
  visitor: 'an ordinary visitor',
  unclear: 'too little to tell',
};

/** The answer to "what are they sending?", in one or two sentences. */
export function captureSentence({ verdict }: CaptureFindings): string {
  const { kind, requests, byKind, logins, users, pingbacks, victims } = verdict;
  const of = (share: number): string => `${count(share)} of ${many(requests, 'request')}`;
  switch (kind) {
    case 'nothing':
      return 'No request that was looked for came in this time. It may be over, or come to another site, path or port.';
    case 'passwords':
      return `${of(byKind.passwords)} carry guesses: ${many(logins, 'password was', 'passwords were')} tried for ${
        users.length === 0
          ? 'users that are not named'
          : some(
              users.map(({ name }) => quoted(name, 40)),
              users.length,
              4,
            )
      }.`;
    case 'reflection':
      return `${of(byKind.reflection)} are pingback calls: ${many(pingbacks, 'time')} the site was told to fetch pages from ${named(victims)}. The server is used as a weapon against them, and each call holds a PHP worker for up to 11 seconds.`;
    case 'denial-of-service':
      return `${of(byKind['denial-of-service'])} do no work: they carry no login and no pingback, and only make PHP start.`;
    case 'mixed': {
      const parts = [
        byKind.passwords > 0 ? `${count(byKind.passwords)} guess passwords (${many(logins, 'password')})` : '',
        byKind.reflection > 0 ? `${count(byKind.reflection)} make the site call ${named(victims)}` : '',
        byKind['denial-of-service'] > 0 ? `${count(byKind['denial-of-service'])} do no work at all` : '',
      ].filter((part) => part !== '');
      return `Of ${many(requests, 'request')}, ${some(parts, parts.length, 3)}.`;
    }
    case 'legitimate':
      return `${of(byKind.client + byKind.visitor)} come from programs and people that use the site as they may. Nothing in them is an attack.`;
    case 'unclear':
      return `${many(requests, 'request')}, and too little in them to tell what they are for. Look for longer, or with a larger --count.`;
  }
}

function named(names: readonly NameCount[]): string {
  return names.length === 0
    ? 'addresses that are not URLs'
    : some(
        names.map(({ name }) => name),
        names.length,
        3,
      );
}

export function letInSentence({ verdict }: CaptureFindings): string | undefined {
  const { letIn } = verdict;
  if (letIn.length === 0) return undefined;
  return `WordPress accepted a login of ${some(letIn, letIn.length)}, who guesses passwords. Take it that a password is known: change all, end all sessions, look for what was done.`;
}

export function surenessWords(sureness: number): string {
  const percent = `${Math.round(sureness * 100)} %`;
  if (sureness >= 0.9) return `very sure, ${percent}`;
  if (sureness >= 0.75) return `fairly sure, ${percent}`;
  return sureness > 0 ? `not sure, ${percent}` : 'not known';
}

const BODY_WORDS: Readonly<Record<string, string>> = {
  empty: 'without a body',
  xmlrpc: 'XML-RPC that does nothing',
  other: 'with a body that is no request',
  compressed: 'compressed, which PHP does not read',
  unseen: 'with a body that could not be seen',
};

export function reasonSentence(reason: SenderReason): string {
  switch (reason.kind) {
    case 'guesses':
      return `${many(reason.logins, 'login')} in ${many(reason.requests, 'request')}, for ${reason.users === 0 ? 'users that are not named' : many(reason.users, 'user')}.`;
    case 'multicall':
      return `Up to ${count(reason.most)} passwords in one request (system.multicall): counting requests alone would miss them.`;
    case 'answers':
      return `WordPress refused ${count(reason.refused)} and accepted ${count(reason.accepted)} of them.${reason.refused > 0 ? ' (Of a multicall it checks the first alone, since version 4.4.)' : ''}`;
    case 'pingbacks':
      return `${many(reason.count, 'pingback')}, which make the site fetch from ${named(reason.victims)}.`;
    case 'held':
      return `Each held a PHP worker for ${duration(reason.seconds / reason.requests)} on average (${many(reason.requests, 'request')} that ended).`;
    case 'no-work':
      return `${many(reason.requests, 'request')} without a login or a pingback: ${some(
        reason.bodies.map(({ name, count: times }) => `${count(times)} ${BODY_WORDS[name] ?? name}`),
        reason.bodies.length,
        4,
      )}.`;
    case 'rate':
      return `${many(reason.requests, 'request')}, ${often(reason.perSecond)}: faster than a person, and nothing in them that a program of the site would send.`;
    case 'mark':
      return reason.mark === 'jetpack'
        ? `Says to be Jetpack (by its ${reason.text}). Whether the signature is valid, WordPress alone can tell.`
        : `Says to be the WordPress app (${reason.text}), which anyone can forge; nothing in what it sends speaks against it.`;
    case 'one-user':
      return `One user, ${quoted(reason.user, 40)}, and ${many(reason.methods, 'method')}: so a program works with the site.`;
    case 'few-logins':
      return `${many(reason.logins, 'login')}: no more than a person who logs in.`;
    case 'forms':
      return `${many(reason.requests, 'form or call', 'forms and calls')} of the site's own pages.`;
    case 'together':
      return `Alone too little to tell, but ${many(reason.senders, 'sender')} sent the same (${many(reason.count, 'time')} in all).`;
    case 'few':
      return `${many(reason.requests, 'request')}, and too little in ${reason.requests === 1 ? 'it' : 'them'} to tell.`;
  }
}

/** How the same requests stand in the access log. */
export function replySentence({ replyBytes }: CaptureSender): string | undefined {
  if (replyBytes.length === 0) return undefined;
  const ambiguous = replyBytes.includes(403) ? ' (403 alone could be a wrong password or no payload)' : '';
  return `In the access log: replies of ${some(replyBytes.map(count), replyBytes.length, 5)} bytes${ambiguous}.`;
}

/** One request on one line, as a person would note it down; of a password nothing is known. */
export function exampleLine(request: CapturedRequest): string {
  const { method, path, source, calls, users, logins, pingbacks, fields, body, bodyBytes } = request;
  const size = bodyBytes === undefined ? '' : `, ${many(bodyBytes, 'byte')}`;
  const [ping] = pingbacks;
  const [call] = calls;
  const inner = calls.find(({ name }) => name !== 'system.multicall');
  const who = users.slice(0, 3).map(({ name }) => `${name}, ***`);
  const what =
    ping !== undefined
      ? `pingback.ping(${ping.from}, ${ping.to})`
      : logins > 1 && inner !== undefined
        ? `system.multicall of ${count(logins)}: ${inner.name}(${who.join('; ')}${users.length > 3 ? '; …' : ''})`
        : call !== undefined
          ? `${call.name}(${who[0] ?? ''})`
          : fields.length > 0
            ? `${body}: ${fields.join(', ')}${users[0] ? ` (user ${quoted(users[0].name, 40)})` : ''}`
            : (BODY_WORDS[body] ?? body);
  return `${source}  ${method} ${path}${size}: ${what}`;
}

/** What helps against it, with the commands that do it. */
export function adviceLines({
  verdict,
}: CaptureFindings): readonly { readonly text: string; readonly command?: string }[] {
  const senders = verdict.senders.filter(({ kind }) => ['passwords', 'reflection', 'denial-of-service'].includes(kind));
  if (senders.length === 0) return [];
  const clients = verdict.senders.filter(({ kind }) => kind === 'client').map(({ address }) => address);
  const spare = clients.length > 0 ? ` Let those through that work with it: ${some(clients, clients.length, 5)}.` : '';
  const onXmlrpc = senders.some(({ paths }) => paths.some(({ name }) => name.endsWith('/xmlrpc.php')));
  return [
    ...(senders.length <= 10
      ? [
          {
            text: 'Block who does it.',
            command: `seawall block ${senders.map(({ address }) => address).join(' ')} --for 2h`,
          },
        ]
      : [{ text: `${many(senders.length, 'sender')}: blocking them one by one does not last.` }]),
    ...(onXmlrpc
      ? [
          {
            text: `Deny xmlrpc.php in the web server, before PHP starts: a plugin would come too late, for the process is paid for by then.${spare}`,
          },
        ]
      : []),
  ];
}

export function wayLines({ way }: CaptureFindings): readonly string[] {
  if (way.kind === 'packets') {
    const lines = [`${way.from}: ${many(way.frames, 'packet')} read.`];
    if (way.complaint !== undefined) lines.push(`${way.from}: ${way.complaint}.`);
    if (way.cut > 0) lines.push(`${many(way.cut, 'packet')} cut short: capture whole packets, tcpdump -s 0.`);
    if (way.encrypted > 0)
      lines.push(
        `${many(way.encrypted, 'packet')} encrypted (HTTPS): their requests can't be read from packets. Use the drop-in: seawall capture --site PATH.`,
      );
    if (way.dropped > 0) lines.push(`${many(way.dropped, 'connection')} let go, to stay within memory.`);
    return lines;
  }
  const seconds = (way.span.to - way.span.from) / 1000;
  const ended = { time: 'its time was over', count: 'it had seen enough requests', person: 'it was ended by hand' }[
    way.endedBy
  ];
  const wordpress = way.wordpress === undefined ? '' : ` (WordPress ${way.wordpress})`;
  const lines = [
    `A drop-in in ${way.site}${wordpress}, ${way.through === 'mu-plugin' ? 'as a must-use plugin' : 'by .user.ini'}, for ${figure(seconds)} s: ${ended}. It is taken out again.`,
  ];
  if (way.unreadable > 0) lines.push(`${many(way.unreadable, 'line')} of its notes could not be read.`);
  return lines;
}
