// Scenarios in which somebody means harm.

import { addresses, type Scenario } from './scenario.ts';
import { VISITORS } from './visitors.ts';

const INNOCENT = [...VISITORS, '192.0.2.10', '192.0.2.200'];

export const pingbackFlood: Scenario = {
  name: 'pingback-flood',
  about: 'one address posts a pingback a second; php-cgi pile up until the kernel kills the database',
  lab: { web: 'apache-cgi', memoryMb: 512 },
  seconds: 60,
  begin: async (lab, seconds) => ({
    traffic: [lab.attack([{ actor: 'pingback', perSecond: 1, sources: ['203.0.113.66'] }], seconds)],
  }),
  truth: {
    cause: 'pingback-abuse',
    culprits: ['203.0.113.66'],
    innocent: INNOCENT,
    symptoms_required: [
      'pingback-requests',
      'oom-kill',
      'database-killed',
      'worker-pileup',
      'memory-exhausted',
      'site-error',
    ],
    symptoms_forbidden: ['login-failures', 'disk-full', 'too-many-connections', 'slow-clients', 'traffic-spike'],
    compromised: 'no',
  },
  notes:
    'The founding incident: 203.0.113.66 makes the server call 192.0.2.200, which swallows the packets, so that each php-cgi lives 11 s.',
};

export const passwordGuessingXmlrpc: Scenario = {
  name: 'password-guessing-xmlrpc',
  about: 'one address guesses passwords by XML-RPC, one a second, then five, until the database is killed',
  lab: { web: 'apache-cgi', memoryMb: 512 },
  seconds: 60,
  begin: async (lab, seconds) => {
    const sources = ['203.0.113.77'];
    const streams = [
      { actor: 'xmlrpc-guess' as const, perSecond: 1, sources },
      { actor: 'xmlrpc-guess' as const, perSecond: 4, from: 35, sources },
    ];
    return { traffic: [lab.attack(streams, seconds)] };
  },
  truth: {
    cause: 'login-brute-force',
    culprits: ['203.0.113.77'],
    innocent: INNOCENT,
    symptoms_required: ['login-failures', 'oom-kill', 'database-killed', 'worker-pileup', 'site-error'],
    symptoms_forbidden: ['pingback-requests', 'disk-full', 'slow-clients', 'traffic-spike'],
    compromised: 'no',
  },
  notes:
    'Once a second for 35 s, then five times: php-cgi pile up because one processor answers less than four a second. From then on no guess is answered before the database is killed, so that the log tells only of the first 35 s what they were.',
};

export const passwordGuessingLogin: Scenario = {
  name: 'password-guessing-wp-login',
  about: 'three addresses guess at wp-login.php; PHP-FPM is kept busy, the site gets slow and survives',
  lab: { web: 'apache-fpm', memoryMb: 1024, fpmMaxChildren: 6, accessLog: 'timed' },
  seconds: 60,
  begin: async (lab, seconds) => {
    const sources = ['203.0.113.21', '203.0.113.121', '2001:db8:bad::21'];
    return {
      traffic: [
        lab.attack([{ actor: 'login-guess', perSecond: 16, sources: sources.slice(0, 2) }], seconds),
        lab.attack([{ actor: 'login-guess', perSecond: 8, sources: sources.slice(2) }], seconds, { ipv6: true }),
      ],
    };
  },
  truth: {
    cause: 'login-brute-force',
    culprits: ['203.0.113.21', '203.0.113.121', '2001:db8:bad::21'],
    innocent: INNOCENT,
    symptoms_required: ['login-failures'],
    symptoms_forbidden: ['database-killed', 'oom-kill', 'pingback-requests', 'disk-full', 'slow-clients'],
    compromised: 'no',
  },
  notes:
    '24 guesses a second at wp-login.php with the answer 200, from two IPv4 addresses and one of IPv6; pm.max_children is 6.',
};

export const searchFlood: Scenario = {
  name: 'search-flood',
  about: 'addresses of one /24 take turns to search, 24 a second; none of them does much alone',
  lab: { web: 'nginx-fpm', memoryMb: 512, fpmMaxChildren: 50 },
  seconds: 45,
  begin: async (lab, seconds) => ({
    traffic: [lab.attack([{ actor: 'search', perSecond: 24, sources: addresses('203.0.113.', 1, 240) }], seconds)],
  }),
  truth: {
    cause: 'request-flood',
    culprits: ['203.0.113.0/24'],
    innocent: INNOCENT,
    symptoms_required: ['request-flood', 'worker-pileup'],
    symptoms_forbidden: ['login-failures', 'pingback-requests', 'disk-full', 'slow-clients'],
    compromised: 'no',
  },
  notes: '240 addresses of 203.0.113.0/24, each with a search every 10 s, more than one processor can answer.',
};

export const slowClients: Scenario = {
  name: 'slow-clients',
  about: 'one address holds connections open with requests that never end, until no worker is free',
  lab: { web: 'apache-prefork', memoryMb: 1024, maxRequestWorkers: 30 },
  seconds: 60,
  begin: async (lab, seconds) => ({
    traffic: [lab.attack([{ actor: 'slow-client', perSecond: 6, sources: ['203.0.113.45'] }], seconds)],
  }),
  truth: {
    cause: 'slow-client-attack',
    culprits: ['203.0.113.45'],
    innocent: INNOCENT,
    symptoms_required: ['slow-clients'],
    symptoms_forbidden: ['oom-kill', 'database-killed', 'login-failures', 'pingback-requests', 'disk-full'],
    compromised: 'no',
  },
  notes:
    "Six new connections a second, each with a header every 4 s; Debian's mod_reqtimeout ends each after 20 to 40 s with 408. MaxRequestWorkers is 30.",
};
