// The sentence a client could be told, for the causes that come with the traffic.

import { count, duration, many, often, percent, quoted } from '../../model/figures.ts';
import type { Cause } from '../../model/verdict.ts';
import { andThen, type Context, capital, whoDid } from './context.ts';

export type CauseWords = (context: Context) => string;

type TrafficCause = Extract<
  Cause,
  | 'request-flood'
  | 'distributed-flood'
  | 'login-brute-force'
  | 'pingback-abuse'
  | 'vulnerability-scan'
  | 'aggressive-crawler'
  | 'flash-crowd'
  | 'slow-client-attack'
  | 'syn-flood'
>;

export const TRAFFIC_CAUSES: { readonly [C in TrafficCause]: CauseWords } = {
  'request-flood'(context) {
    const flood = context.symptom('request-flood')?.measure;
    const who = whoDid(context, 'one source');
    if (!flood) return capitalised(context, `${who} asked for more work than this host can do${andThen(context)}`);
    const where = flood.endpoint === '' ? '' : `, ${percent(flood.endpointShare)} of them ${flood.endpoint}`;
    return capitalised(
      context,
      `${who} sent ${many(flood.requests, 'request')}, ${often(flood.ratePerS)}${where}: more work than this host can do, ${percent(flood.costShare)} of all worker time${andThen(context)}`,
    );
  },
  'distributed-flood'(context) {
    const flood = context.symptom('request-flood')?.measure;
    if (!flood)
      return capitalised(context, `many sources together asked for more work than this host can do${andThen(context)}`);
    const kind = flood.sources.some((source) => source.includes('/')) ? 'networks' : 'addresses';
    const where = flood.endpoint === '' ? '' : `, ${percent(flood.endpointShare)} of them ${flood.endpoint}`;
    return capitalised(
      context,
      `${flood.sourceCount > 1 ? count(flood.sourceCount) : 'many'} unrelated ${kind} together sent ${many(flood.requests, 'request')}, ${often(flood.ratePerS)}${where}: ${percent(flood.costShare)} of all worker time, though none of them is heavy alone${andThen(context)}`,
    );
  },
  'login-brute-force'(context) {
    const logins = context.symptom('login-failures')?.measure;
    const who = whoDid(context, logins ? many(logins.sourceCount, 'address', 'addresses') : 'somebody');
    const calm = 'visitors were still served';
    if (!logins) return capitalised(context, `${who} tried to guess passwords${andThen(context, [], calm)}`);
    const at = {
      'wp-login': 'wp-login.php',
      xmlrpc: 'XML-RPC',
      both: 'wp-login.php and XML-RPC',
      other: 'the login page',
    }[logins.where];
    const packed = logins.guesses > logins.requests ? ` packed into ${many(logins.requests, 'request')}` : '';
    return capitalised(
      context,
      `${who} tried ${many(logins.guesses, 'password')}${packed} at ${at}${andThen(context, [], calm)}`,
    );
  },
  'pingback-abuse'(context) {
    const pingbacks = context.symptom('pingback-requests')?.measure;
    const who = whoDid(context, pingbacks ? many(pingbacks.sourceCount, 'address', 'addresses') : 'somebody');
    if (!pingbacks)
      return capitalised(context, `${who} used the site's pingback function to make it call others${andThen(context)}`);
    return capitalised(
      context,
      `${who} used the site's pingback function ${often(pingbacks.ratePerS)} to make it call others; each call held a PHP worker for ${duration(pingbacks.heldS)}${andThen(context).replace(/^;/, ',')}`,
    );
  },
  'vulnerability-scan'(context) {
    const scan = context.symptom('scan-probes')?.measure;
    const who = whoDid(context, scan ? many(scan.sourceCount, 'address', 'addresses') : 'somebody');
    const probes = scan ? ` with ${many(scan.requests, 'request')} for ${many(scan.different, 'different thing')}` : '';
    return capitalised(
      context,
      `${who} searched the site for holes${probes}${andThen(context, [], 'visitors were still served')}`,
    );
  },
  'aggressive-crawler'(context) {
    const storm = context.symptom('crawler-storm')?.measure;
    if (!storm) return capitalised(context, `a robot crawled the site beyond the host's means${andThen(context)}`);
    return capitalised(
      context,
      `the robot ${quoted(storm.robot, 60)}, which says who it is, made ${many(storm.requests, 'request')} from ${whoDid(context, many(storm.sourceCount, 'address', 'addresses'))} and took ${percent(storm.costShare)} of all worker time${andThen(context)}`,
    );
  },
  'flash-crowd'(context) {
    const crowd = context.symptom('traffic-spike')?.measure;
    if (!crowd)
      return capitalised(
        context,
        `more real visitors came than this host can serve; nobody is to blame${andThen(context)}`,
      );
    const referer = crowd.referer ? `, sent by ${crowd.referer}` : '';
    return capitalised(
      context,
      `${many(crowd.visitors, 'real visitor')} came within ${duration(crowd.perSeconds)}${referer}, where ${count(crowd.normalVisitors)} are normal; nobody attacks and nobody is to blame${andThen(context)}`,
    );
  },
  'slow-client-attack'(context) {
    const slow = context.symptom('slow-clients')?.measure;
    const held = slow ? many(slow.connections, 'connection') : 'connections';
    return capitalised(
      context,
      `${whoDid(context, 'somebody')} held ${held} open with requests that never ended, so that no worker was left for visitors${andThen(context, ['worker-limit-reached'])}`,
    );
  },
  'syn-flood'(context) {
    const syn = context.symptom('half-open-connections')?.measure;
    const peak = syn ? `, up to ${count(syn.peak)} at once` : '';
    const from = whoDid(context, syn ? many(syn.sources, 'address', 'addresses') : 'many addresses');
    return capitalised(
      context,
      `${from} opened connections halfway and never finished them${peak}; the sender addresses of such packets can be forged${andThen(context)}`,
    );
  },
};

/** The sentence with its time before it. */
export function capitalised(context: Context, sentence: string): string {
  return context.when === ''
    ? capital(sentence)
    : (/^\d/.test(sentence) ? context.when : context.when.replace(/, $/, ' ')) + sentence;
}
