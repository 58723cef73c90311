// Sends each message of a system log to the reader that knows its program, and what that says to the sink.
import type { EventPayload } from '../../model/event.ts';
import type { FactSink } from '../../model/reader.ts';
import type { Stamp } from '../../model/time.ts';
import { readApacheMessage } from '../messages/apache.ts';
import { readDatabaseMessage } from '../messages/database.ts';
import { readFpmMessage } from '../messages/fpm.ts';
import { readNginxMessage } from '../messages/nginx.ts';
import { readPhpMessage } from '../messages/php.ts';
import { readAdminMessage } from './admin.ts';
import { readDiskFull } from './disk-full.ts';
import { bareKernelMessage, type KernelFact, kernelReader } from './kernel.ts';
import { readEarlyoom, readOomd } from './oom-daemons.ts';
import { systemdReader } from './systemd.ts';
import { readUpstart } from './upstart.ts';

export interface SystemMessage {
  readonly stamp: Stamp | undefined;
  /** As logged, with or without a path; empty when the line has no tag. */
  readonly program: string;
  readonly pid?: number | undefined;
  /** The journal's UNIT= field. */
  readonly unit?: string | undefined;
  readonly message: string;
  readonly line: number;
  /** The quote. */
  readonly text: string;
}

export interface Dispatcher {
  message(message: SystemMessage): void;
  /** A line between two boots (`-- Reboot --`, `-- Boot 5f9c... --`). */
  boot(line: number, text: string): void;
  end(): void;
}

/** "message repeated 5 times: [ ... ]" (rsyslog's RepeatedMsgReduction) counts as that many, but as no more than these. */
const MOST_REPEATS = 1000;
const REPEATED = /^message repeated (\d{1,9}) times: \[ ?(.*?) ?\]$/s;

/** Programs that write to the kernel's own log before there is another, or for want of one. */
const USER_SPACE = /^(systemd(?:-[a-z]{1,20})?|init)(?:\[(\d{1,10})\])?: /;

type Origin = Pick<SystemMessage, 'stamp' | 'line' | 'text'>;
type Service = (message: string) => EventPayload | undefined;

const DATABASE =
  /^(?:mysqld?|mariadbd?|percona)(?:[-_.].*)?$|^mysqld_(?:safe|multi|pre_systemd)|^mariadbd-safe|^debian-start$|^mysql(?:check|_upgrade)$/;
const FPM = /^php.*fpm/;
const PHP = /^(?:php[\d.]*|php[\d.]*-cgi|php-cli|lsphp[\d.]*)$/;
const APACHE = /^(?:apache2?|httpd|apachectl|apache2ctl)(?:[-_.].*)?$/;
const NGINX = /^(?:nginx|openresty|angie)$/;

function serviceOf(program: string): Service | undefined {
  if (DATABASE.test(program)) return readDatabaseMessage;
  if (FPM.test(program)) return (message) => readFpmMessage(message) ?? readPhpMessage(message);
  if (PHP.test(program)) return readPhpMessage;
  if (APACHE.test(program)) return (message) => readApacheMessage(message) ?? readPhpMessage(message);
  if (NGINX.test(program)) return (message) => readNginxMessage(message) ?? readPhpMessage(message);
  return undefined;
}

/** `/etc/mysql/debian-start` and `/usr/sbin/cron` go by their last part, `wordpress(example.net/blog)` by all of it. */
function baseName(program: string): string {
  return program.startsWith('/') ? program.slice(program.lastIndexOf('/') + 1) : program;
}

export function dispatcher(sink: FactSink): Dispatcher {
  const kernel = kernelReader<Origin>();
  const systemd = systemdReader();
  const services = new Map<string, Service | undefined>();
  let separator: { line: number; text: string } | undefined;
  let begun = false;

  function tell(facts: readonly KernelFact<Origin>[]): void {
    for (const { payload, origin } of facts) sink.event(origin.stamp, payload, origin.line, origin.text);
  }

  function service(program: string): Service | undefined {
    if (!services.has(program)) {
      if (services.size > 500) services.clear();
      services.set(program, serviceOf(program));
    }
    return services.get(program);
  }

  function meaning(program: string, text: string, { pid, unit }: SystemMessage): EventPayload | undefined {
    if (program === 'systemd') return systemd.line({ text, pid, unit }) ?? readDiskFull(program, text);
    if (program === 'init') return readUpstart(text) ?? readAdminMessage(program, text);
    if (program === 'earlyoom') return readEarlyoom(text);
    if (program === 'systemd-oomd') return readOomd(text);
    return service(program)?.(text) ?? readAdminMessage(program, text) ?? readDiskFull(program, text);
  }

  /** Before the first line of another boot: the boot itself, unless that line is the kernel's own word on it. */
  function noteBoot(message: SystemMessage, program: string): void {
    if (!separator) return;
    const told = program === 'kernel' && bareKernelMessage(message.message).startsWith('Linux version ');
    if (!told) sink.event(message.stamp, { kind: 'kernel', what: 'boot' }, separator.line, separator.text);
    separator = undefined;
  }

  /** Returns whether the line meant something by itself. */
  function readKernel(message: SystemMessage): boolean {
    const bare = bareKernelMessage(message.message);
    const user = USER_SPACE.exec(bare);
    if (user) {
      const pid = user[2] === undefined ? undefined : Number(user[2]);
      return readProgram(user[1] ?? '', { ...message, pid, message: bare.slice(user[0].length) });
    }
    const facts = kernel.line(message.message, message);
    tell(facts);
    return facts.some(({ origin }) => origin === message);
  }

  function readProgram(program: string, message: SystemMessage): boolean {
    const repeated = message.message.startsWith('message repeated') ? REPEATED.exec(message.message) : undefined;
    const payload = meaning(program, repeated?.[2] ?? message.message, message);
    if (!payload) return false;
    const times = repeated ? Math.min(Number(repeated[1]), MOST_REPEATS) : 1;
    for (let i = 0; i < times; i++) sink.event(message.stamp, payload, message.line, message.text);
    return times > 0;
  }

  return {
    message(message) {
      const program = baseName(message.program);
      noteBoot(message, program);
      begun = true;
      const told = program === 'kernel' ? readKernel(message) : readProgram(program, message);
      if (!told) sink.seen(message.stamp);
    },
    boot(line, text) {
      tell(kernel.end());
      // A separator at the head of the output only names the boot that is shown.
      if (begun) separator = { line, text };
    },
    end() {
      tell(kernel.end());
    },
  };
}
