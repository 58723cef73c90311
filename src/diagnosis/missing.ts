// What is missing: evidence that would make the verdict surer, and the command that brings it.
import type { Symptom } from '../model/symptom.ts';
import type { EpochMs } from '../model/time.ts';
import type { Cause, Missing } from '../model/verdict.ts';
import { calledHosts } from '../symptoms/view/in-flight.ts';
import type { Scene } from './scene.ts';

/** A stretch around the trouble that a command should ask for, ms. */
const AROUND_MS = 15 * 60_000;

export function missingFor(scene: Scene, cause: Cause): Missing[] {
  return [
    ...killers(scene),
    ...hiddenClients(scene),
    ...xmlrpcSizes(scene),
    ...aimedAt(scene, cause),
    ...workerMemory(scene),
    ...(scene.dossier.unseen ?? []),
    ...undecided(scene, cause),
  ];
}

/** `--since` and `--until` of journalctl(1), in UTC, around a moment. */
function around(at: EpochMs): string {
  const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return `--since '${stamp(at - AROUND_MS)}' --until '${stamp(at + AROUND_MS)}'`;
}

function killers(scene: Scene): Missing[] {
  const kill: Symptom | undefined =
    scene.all('oom-kill').find(({ certainty }) => certainty === 'inferred') ??
    scene.all('database-killed').find(({ certainty }) => certainty === 'inferred');
  if (!kill || scene.first('oom-kill')?.certainty === 'observed') return [];
  return [
    {
      what: "The kernel's log of that time: it says who was killed, and what each process held.",
      command: `journalctl -k -o short-iso ${around(kill.span.from)}`,
    },
  ];
}

function hiddenClients(scene: Scene): Missing[] {
  const hidden = scene.dossier.traffic?.hiddenBehind ?? [];
  if (hidden.length === 0) return [];
  return [
    {
      what: `The log shows the proxy ${hidden[0]?.address ?? ''} where it should show the client: who asks can't be told. Log the forwarded address as well (Apache: %{X-Forwarded-For}i, nginx: $http_x_forwarded_for).`,
      command: 'grep -rnE "LogFormat|log_format" /etc/apache2 /etc/httpd /etc/nginx',
    },
  ];
}

function xmlrpcSizes(scene: Scene): Missing[] {
  const view = scene.traffic;
  if (!view) return [];
  const guesses = view.addresses.reduce((sum, source) => sum + source.xmlrpc.guesses, 0);
  const open = view.addresses.reduce((sum, source) => sum + source.xmlrpc.ambiguous, 0);
  const sized = view.addresses.some(
    (source) => source.xmlrpc.requests > 0 && source.details.some((detail) => detail.requestsSized > 0),
  );
  if (open >= 20) {
    return [
      {
        what: 'What the XML-RPC requests were: the sizes of these replies fit pingbacks as well as wrong passwords. The size of the request tells them apart (Apache: %I with mod_logio, nginx: $request_length), and so does a capture.',
        command: CAPTURE,
      },
    ];
  }
  if (guesses > 0 && !sized && !scene.has('pingback-requests')) {
    return [
      {
        what: 'Whether each XML-RPC request held a password: an empty or cut request gets a reply of the same size as a wrong password (403 bytes). The size of the request tells (Apache: %I, nginx: $request_length).',
        command: CAPTURE,
      },
    ];
  }
  return [];
}

/** On the host itself; the second is for a host without Seawall. */
const CAPTURE =
  "seawall capture  # or: tcpdump -i any -c 200 -s 0 -A 'tcp dst port 80 and tcp[((tcp[12] & 0xf0) >> 2):4] = 0x504f5354'";

/** Whom pingbacks were aimed at stands in the request, or in what the server calls. */
function aimedAt(scene: Scene, cause: Cause): Missing[] {
  if (cause !== 'pingback-abuse') return [];
  const told =
    scene.dossier.packets?.outgoing.some((call) => call.syns >= 5) ||
    scene.first('backend-timeouts')?.measure.peer !== undefined ||
    calledHosts(scene.dossier).some(({ atOnce }) => atOnce >= 3);
  return told
    ? []
    : [
        {
          what: 'Whom the pingbacks were aimed at: the logs do not hold it, but the server calls them while it goes on.',
          command: "ss -Htn state syn-sent '( dport = :80 or dport = :443 )'",
        },
      ];
}

function workerMemory(scene: Scene): Missing[] {
  const pile = scene.first('worker-pileup');
  if (
    !pile ||
    !scene.has('memory-exhausted', 'oom-kill') ||
    pile.measure.workerKbIs === 'pss' ||
    pile.measure.workerKbIs === 'anonymous'
  )
    return [];
  const program = /^[\w.+-]{1,40}$/.test(pile.measure.program) ? pile.measure.program : 'php-cgi';
  return [
    {
      what: `What one worker has for itself: ${pile.measure.workerKb === undefined ? 'nothing says it' : 'RSS counts shared pages in each and overstates'}. PSS tells, and with it the number of workers that fit.`,
      command: `for p in $(pgrep ${program} | head); do awk '/^Pss:/ {print $2 " kB"}' /proc/$p/smaps_rollup; done`,
    },
  ];
}

/** Without a verdict: what each kind of trouble would be told by. */
function undecided(scene: Scene, cause: Cause): Missing[] {
  if (cause !== 'unknown') return [];
  const at = scene.harm?.from ?? scene.dossier.span?.to ?? scene.dossier.readAt;
  const kinds = new Set(scene.dossier.events.map((event) => event.kind));
  const list: Missing[] = [];
  if (!scene.dossier.traffic)
    list.push({
      what: 'The access log of that time, and of an hour before: who asked for what.',
      command: 'ls -l /var/log/apache2/*access* /var/log/nginx/*access* /var/log/httpd/*access*',
    });
  if (scene.has('site-error', 'site-slow', 'site-unreachable')) {
    if (!kinds.has('web'))
      list.push({
        what: "The web server's error log: it says why a request failed.",
        command: 'tail -n 500 /var/log/apache2/error.log /var/log/nginx/error.log /var/log/httpd/error_log',
      });
    if (!kinds.has('fpm') && !kinds.has('php'))
      list.push({
        what: "PHP's and PHP-FPM's logs: full pools, slow requests, fatal errors.",
        command: 'tail -n 500 /var/log/php*fpm*.log /var/log/php-fpm/*.log',
      });
  }
  if (!kinds.has('unit'))
    list.push({
      what: 'The journal of that time: what was started, stopped or killed.',
      command: `journalctl -o short-iso ${around(at)}`,
    });
  if (!kinds.has('oom-kill') && !kinds.has('kernel'))
    list.push({ what: "The kernel's log of that time.", command: `journalctl -k -o short-iso ${around(at)}` });
  if (!kinds.has('database') && scene.has('database-down', 'database-killed', 'site-error', 'database-stalled')) {
    list.push({
      what: "The database's error log.",
      command: 'tail -n 300 /var/log/mysql/error.log /var/log/mariadb/mariadb.log /var/lib/mysql/*.err',
    });
  }
  if (scene.dossier.samples.length === 0)
    list.push({
      what: 'What runs now, and what it holds.',
      command: 'uptime; free -m; df -h; df -i; ps aux --sort=-rss | head -n 30; ss -s',
    });
  return list;
}
