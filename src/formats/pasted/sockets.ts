// The output of ss and netstat: sockets one by one, or the totals of `ss -s`.
import { connectionTally, socketEnd } from './connections.ts';
import { integer, words } from './numbers.ts';
import { type Opener, singleSection } from './section.ts';

/** States as ss(8) prints them. */
const STATES: ReadonlySet<string> = new Set(
  'ESTAB SYN-SENT SYN-RECV FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT UNCONN CLOSE-WAIT LAST-ACK LISTEN CLOSING UNKNOWN NEW-SYN-RECV BOUND-INACTIVE'.split(
    ' ',
  ),
);
const NETSTAT_STATES: Readonly<Record<string, string>> = {
  ESTABLISHED: 'ESTAB',
  SYN_SENT: 'SYN-SENT',
  SYN_RECV: 'SYN-RECV',
  FIN_WAIT1: 'FIN-WAIT-1',
  FIN_WAIT2: 'FIN-WAIT-2',
  TIME_WAIT: 'TIME-WAIT',
  CLOSE: 'UNCONN',
  CLOSE_WAIT: 'CLOSE-WAIT',
  LAST_ACK: 'LAST-ACK',
  LISTEN: 'LISTEN',
  CLOSING: 'CLOSING',
};
/** `ss state NAME` leaves the column out and takes these words. */
const FILTER_STATES: Readonly<Record<string, string>> = { ESTABLISHED: 'ESTAB', LISTENING: 'LISTEN', CLOSED: 'UNCONN' };
const SS_HEADER = /^(?:Netid +)?(?:State +)?Recv-Q +Send-Q +Local Address:Port +Peer Address:Port *(?:Process)?/;

/** `ss -tan`, `-tnpi`, `-ltn`: one line a socket; lines of details begin with a blank. */
export const openSs: Opener = (text, line, before) => {
  const head = text.slice(0, 300);
  if (!SS_HEADER.test(head)) return undefined;
  const withNetid = head.startsWith('Netid');
  const withState = /State +Recv-Q/.test(head);
  const filter = /\bstate +([a-z0-9-]{1,12})\b/.exec(before.command.slice(0, 300))?.[1]?.toUpperCase();
  const filtered =
    filter === undefined ? undefined : (FILTER_STATES[filter] ?? (STATES.has(filter) ? filter : undefined));
  const tally = connectionTally();
  return singleSection(
    { line, text },
    (row) => {
      if (row.trim() === '' || /^[\t ]/.test(row)) return true;
      const cells = words(row.slice(0, 1000));
      if (withNetid) {
        if (
          !/^(?:tcp|udp|raw|u_str|u_seq|u_dgr|nl|p_raw|p_dgr|icmp6|v_str|v_dgr|tipc|sctp|dccp|mptcp|xdp|\?\?\?)$/.test(
            cells[0] ?? '',
          )
        )
          return false;
        if (cells.shift() !== 'tcp') return true;
      }
      const state = withState ? cells.shift() : filtered;
      if (withState && !STATES.has(state ?? '')) return false;
      const queued = integer(cells[0]);
      const backlog = integer(cells[1]);
      const local = socketEnd(cells[2] ?? '');
      const peer = socketEnd(cells[3] ?? '');
      if (queued === undefined || backlog === undefined || !local || !peer) return false;
      if (state === 'LISTEN' && local.port !== undefined) tally.listen(local.port, queued, backlog);
      if (state !== undefined) tally.add(state === 'NEW-SYN-RECV' ? 'SYN-RECV' : state, local, peer);
      return true;
    },
    () => tally.data(),
  );
};

/** `ss -s`: "TCP:   9 (estab 0, closed 8, orphaned 0, timewait 8)". */
export const openSsSummary: Opener = (text, line) => {
  if (!/^Total: \d+/.test(text)) return undefined;
  const tally = connectionTally();
  let quote = { line, text };
  return {
    line(row, at) {
      if (row.trim() === '') return true;
      const tcp = /^TCP: +\d+ \(([^)]{1,200})\)/.exec(row);
      if (!tcp) return /^(?:Transport Total|(?:\*|RAW|UDP|TCP|INET|FRAG)\s+\d+|\*\s)/.test(row);
      quote = { line: at, text: row };
      for (const part of (tcp[1] ?? '').split(', ')) {
        // "timewait 1100/0" of old releases: the second is IPv6.
        const [, name, count] = /^([a-z]+) (\d+)/.exec(part) ?? [];
        const state =
          name === undefined ? undefined : { estab: 'ESTAB', synrecv: 'SYN-RECV', timewait: 'TIME-WAIT' }[name];
        if (state !== undefined) tally.counted(state, Number(count));
      }
      return true;
    },
    end() {
      const data = tally.data();
      return data ? [{ data, ...quote }] : [];
    },
  };
};

/** `netstat -ant`, `-antp`, `-tulpn` of net-tools. */
export const openNetstat: Opener = (text, line) => {
  if (!/^(?:Active Internet connections|Proto +Recv-Q +Send-Q +Local Address +Foreign Address)/.test(text))
    return undefined;
  let rows = 0;
  const tally = connectionTally();
  return singleSection(
    { line, text },
    (row) => {
      // The next listing, not the heading of the columns.
      if (rows > 0 && row.startsWith('Active Internet')) return false;
      if (row.trim() === '' || /^(?:Proto |Active )/.test(row)) return true;
      rows++;
      const cells = words(row.slice(0, 1000));
      const protocol = cells[0] ?? '';
      if (/^(?:udp|raw|unix|icmp)\w{0,4}$/.test(protocol)) return true;
      if (!/^tcp6?$/.test(protocol)) return false;
      const local = socketEnd(cells[3] ?? '');
      const peer = socketEnd(cells[4] ?? '');
      const state = NETSTAT_STATES[cells[5] ?? ''];
      if (!local || !peer || integer(cells[1]) === undefined) return false;
      if (state !== undefined) tally.add(state, local, peer);
      return true;
    },
    () => tally.data(),
  );
};
