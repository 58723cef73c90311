// Apache's own page of its state (mod_status): client and request of each busy worker, since when.
import { canonicalAddress, inNetwork } from '../../model/address.ts';
import type { HostReader } from '../../model/host.ts';
import type { InFlightRequest } from '../../model/sample.ts';
import type { WebConfig } from './config/web.ts';
import { maskTarget } from './mask.ts';
import { known } from './memory.ts';

const PAGE_MAX = 4 << 20;
const TEXT_MAX = 200;
const TIMEOUT_MS = 1500;
/** Modes of the scoreboard in which a request is under way: reading it, sending the answer, looking up a name, logging. */
const BUSY = /^[RWDL]$/;

/** Empty when the page is off, refused, or late: with all workers busy nobody is left to answer it. */
export async function askServerStatus(host: HostReader, web: WebConfig): Promise<InFlightRequest[]> {
  const door = web.sites.find(({ tls }) => !tls) ?? web.sites[0];
  if (web.statusPath === undefined || !door) return [];
  const answer = await host.ask({
    address: door.address ?? '127.0.0.1',
    port: door.port,
    tls: door.tls,
    host: 'localhost',
    path: web.statusPath,
    timeoutMs: TIMEOUT_MS,
    bodyMax: PAGE_MAX,
  });
  return 'none' in answer || answer.status !== 200 ? [] : parseServerStatus(answer.body, web.statusPath);
}

/**
 * The table of the page with ExtendedStatus, which is on wherever mod_status is (Apache 2.3.6 and newer). Columns are found by
 * their headings: Srv, PID, Acc, M, CPU, SS, Req, ..., Client, Protocol, VHost, Request. SS is the age of the request. Never throws.
 */
export function parseServerStatus(page: string, ownPath = '/server-status'): InFlightRequest[] {
  const rows = page.split(/<tr[^>]{0,100}>/i).map((row) =>
    row
      .split(/<t[hd][^>]{0,100}>/i)
      .slice(1)
      .map(cellText),
  );
  const head = rows.findIndex((cells) => cells.includes('Client') && cells.includes('M'));
  const columns = rows[head] ?? [];
  const at = (name: string): number => columns.indexOf(name);
  const [pid, mode, age, client, vhost, request] = [
    at('PID'),
    at('M'),
    at('SS'),
    at('Client'),
    at('VHost'),
    at('Request'),
  ];
  return rows.slice(head + 1).flatMap((cells): InFlightRequest[] => {
    if (cells.length < columns.length || !BUSY.test(cells[mode] ?? '')) return [];
    const [method, target = ''] = (cells[request] ?? '').split(' ');
    const address = canonicalAddress(cells[client] ?? '');
    // Our own question and probe are under way as well; behind a proxy of this host the clients are not told.
    const own =
      target.startsWith(ownPath) || address === undefined || inNetwork(address, '127.0.0.0/8') || address === '::1';
    if (own) return [];
    const seconds = Number(cells[age]);
    const number = Number(cells[pid]);
    return [
      {
        seenBy: 'apache',
        client: address,
        ...known({
          method: method === '' || method === 'NULL' ? undefined : method?.slice(0, 20),
          target: target === '' ? undefined : maskTarget(target).slice(0, TEXT_MAX),
          host: cells[vhost] === '' ? undefined : cells[vhost]?.slice(0, TEXT_MAX),
          forS: Number.isFinite(seconds) ? seconds : undefined,
          pid: Number.isInteger(number) ? number : undefined,
        }),
      },
    ];
  });
}

function cellText(cell: string): string {
  return cell
    .replace(/<[^>]{0,200}>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .trim();
}
