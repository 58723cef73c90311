// One request as an access log tells it, whatever the log's format.
import type { EpochMs } from './time.ts';

export interface AccessEntry {
  /** `undefined` when the line has no readable time. What moment it is, `AccessFormat.stamp` says. */
  readonly at: EpochMs | undefined;
  /** The peer as logged: an address or a host name, not yet canonical. */
  readonly client: string;
  /** X-Forwarded-For as logged: hostile, possibly a list. */
  readonly forwarded?: string;
  /** The authenticated user (`%u`), absent when `-`. */
  readonly user?: string;
  /** Empty when the request line was empty or no HTTP. */
  readonly method: string;
  /** Path and query as sent, still encoded; for a request that is no HTTP, the request line as logged. */
  readonly target: string;
  /** `HTTP/1.1`; empty when not said. */
  readonly protocol: string;
  /** 0 when not logged. */
  readonly status: number;
  /** Bytes of the reply, body or with headers (`AccessFormat.bytes`); `-` reads as 0, absent when not logged. */
  readonly bytes?: number;
  /** Bytes received, request line and headers included (`%I`, `$request_length`). */
  readonly requestBytes?: number;
  /** The time the request took on the server. */
  readonly durationMs?: number;
  /** The time the backend took (`$upstream_response_time`). */
  readonly upstreamMs?: number;
  readonly referer?: string;
  readonly agent?: string;
  /** The virtual host that served it. */
  readonly host?: string;
}

export interface AccessFormat {
  /** For the report: "combined", "nginx with $request_time" ... */
  readonly title: string;
  /** Whether the time is that of the request's begin (Apache) or end (nginx, Caddy). */
  readonly stamp: 'begin' | 'end';
  /** What `bytes` counts: the body (`%b`), body and headers (`%O`, `$bytes_sent`), or not known. */
  readonly bytes: 'body' | 'wire' | 'unknown';
  /** The lines carry no zone: `at` is the wall clock of the host read as if it were UTC. */
  readonly localTime?: boolean;
  /** Where things stand in a line of the Common Log Format family: what the log kernel goes by. Absent for other formats. */
  readonly layout?: LineLayout;
  /** Reads one line; `undefined` when the line is not of this format. Never throws. */
  parse(line: string): AccessEntry | undefined;
}

/**
 * What stands before the time:
 * - `plain`: `%h %l %u`
 * - `host-ident`: the same with the virtual host where the ident would be (lighttpd's default, `%h %V %u`)
 * - `vhost`: `%v %h %l %u`, the host with or without its port
 * - `bracket-vhost`: `[vhost] %h %l %u` (LiteSpeed, one log for several hosts)
 * - `forwarded-first`: `%{X-Forwarded-For}i %h %l %u`, the list unquoted or quoted
 * - `forwarded-only`: `%{X-Forwarded-For}i %l %u`: the peer is not logged
 */
export type ClfPrefix = 'plain' | 'host-ident' | 'vhost' | 'bracket-vhost' | 'forwarded-first' | 'forwarded-only';

export interface LineLayout {
  readonly prefix: ClfPrefix;
  /** LiteSpeed panels put the whole line in quotes. */
  readonly lineQuoted: boolean;
  /** Referer and agent follow the reply's size. */
  readonly headers: boolean;
  /** The columns after that, by the names of src/formats/access/fields.ts. */
  readonly tail: readonly string[];
  /** The moment of "22/Nov/2026:12:06:28 +0000"; `undefined` when it is not that. */
  timeOf(text: string): EpochMs | undefined;
}
