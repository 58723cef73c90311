// PHP-FPM's slow log: where a request stood when it took too long.
import type { FpmEvent } from '../../model/event.ts';
import type { FactSink, LineReader, TextFormat } from '../../model/reader.ts';
import { componentOf } from '../messages/php-component.ts';
import { clip, known } from '../messages/rules.ts';
import { takePhpStamp } from '../messages/stamps.ts';
import { beginReport, continueReport, type Report, recogniseStarts } from './multi-line.ts';

const BEGIN = /^\[pool ([^\]\n]{1,200})\] pid \d{1,10}$/;
const SCRIPT = /^script_filename = ([^\n]{1,1000})$/m;
const FRAME = /^\[0x[0-9a-f]{8,16}\] (\S{1,300})\(\) (\S[^\n]{0,1000})$/;
const DUMP_FAILED = /^(?:\[0x[0-9a-f]{8,16}\] )?\+\+\+ dump failed/;

/** Functions that hand the process to something outside PHP: the network, the database, DNS, mail, another program, a lock, a clock. */
const WAITING = new Set(
  (
    'curl_exec curl_multi_exec curl_multi_select fsockopen pfsockopen stream_socket_client stream_select stream_get_contents stream_get_line ' +
    'socket_connect socket_read socket_recv socket_select fopen fread fgets feof file file_get_contents copy get_headers getimagesize simplexml_load_file __doRequest ' +
    'gethostbyname gethostbynamel gethostbyaddr dns_get_record dns_check_record checkdnsrr getmxrr mail mb_send_mail imap_open ldap_bind ldap_connect ftp_connect ' +
    'mysql_query mysql_connect mysqli_query mysqli_real_query mysqli_connect mysqli_real_connect mysqli_prepare mysqli_stmt_execute mysqli_multi_query ' +
    'query real_query real_connect execute exec shell_exec system passthru proc_open proc_close popen pclose flock session_start sleep usleep time_nanosleep'
  ).split(' '),
);

export const fpmSlowFormat: TextFormat = {
  id: 'fpm-slow',
  title: 'PHP-FPM slow log',
  recognise: (head) =>
    recogniseStarts(
      head,
      (line) => BEGIN.test(takePhpStamp(line).rest),
      (line) => FRAME.test(line) || SCRIPT.test(line) || DUMP_FAILED.test(line),
    ),
  open: (sink) => openFpmSlow(sink),
};

/** One entry (sapi/fpm/fpm/fpm_php_trace.c): innermost frame first, at most 20. */
function readEntry(text: string, pool: string): FpmEvent {
  let waitsFor: string | undefined;
  let component: string | undefined;
  let frames = 0;
  for (const line of text.split('\n', 64)) {
    const frame = FRAME.exec(line);
    if (!frame) continue;
    if (frames++ === 0 && WAITING.has(frame[1] ?? '')) waitsFor = frame[1];
    component ??= componentOf(frame[2] ?? '');
  }
  return { kind: 'fpm', what: 'slow-request', pool, ...known({ script: SCRIPT.exec(text)?.[1], waitsFor, component }) };
}

function openFpmSlow(sink: FactSink): LineReader {
  let held: Report | undefined;
  let pool = '';

  function flush(): void {
    if (held) sink.event(held.stamp, readEntry(held.text, pool), held.line, held.first);
    held = undefined;
  }

  return {
    line(text, line) {
      const { stamp, rest } = takePhpStamp(text);
      const begin = stamp === undefined ? undefined : BEGIN.exec(rest);
      if (begin) {
        flush();
        pool = clip(begin[1] ?? '', 200);
        held = beginReport(stamp, text, line);
      } else if (text.trim() === '') flush();
      else if (held) continueReport(held, text);
      else sink.unreadable(line, text);
    },
    end: flush,
  };
}
