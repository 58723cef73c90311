// `seawall bans`: whom the firewall holds back, since when, for how long, why, and how many packets that stopped.
import { z } from 'zod';
import { liveHost } from '../host/index.ts';
import type { Ban } from '../model/act.ts';
import { piecesFinder, type Range, rangeFrom } from '../remedies/firewall/ranges.ts';
import type { HeldPiece } from '../remedies/firewall/state.ts';
import { readFirewall, strangers } from '../remedies/firewall/sync.ts';
import { iso } from '../report/text/clock.ts';
import { lookIntoStore, stateFolder } from '../store/index.ts';
import { moment, timeLeft } from './act-text.ts';
import { print, printJson, say, toldWhenItFails, withSession } from './acting.ts';
import { EXIT } from './exit.ts';

const OPTIONS = z.object({ restore: z.boolean().optional(), json: z.boolean().optional() });

interface Row extends Ban {
  /** Absent where it isn't in the firewall, or the kernel doesn't count. */
  readonly packets?: number;
  readonly inFirewall: boolean;
}

export async function bansCommand(given: unknown): Promise<number> {
  const options = OPTIONS.parse(given);
  // Restoring is what every session begins with.
  if (options.restore) return await withSession('bans --restore', async () => await list(options.json === true));
  return await toldWhenItFails(() => list(options.json === true), EXIT.unknown);
}

async function list(json: boolean): Promise<number> {
  const store = await lookIntoStore(stateFolder(process.env));
  try {
    const now = liveHost.now();
    const bans = longest(store?.bans.bans(now) ?? []);
    const { firewall, held } = await readFirewall(liveHost);
    const unknown = strangers(held, bans, now);
    const find = piecesFinder(held.pieces);
    const rows = bans.map((ban) => rowOf(ban, find, held.whole));
    const missing = rows.filter((row) => !row.inFirewall).length;
    if (json) {
      printJson({
        firewall: firewall.name,
        bans: rows.map((row) => ({ ...row, since: iso(row.since), until: iso(row.until) })),
        notInBook: unknown.map(({ target, until }) => ({ target, until: iso(until) })),
        missing,
      });
    } else {
      if (rows.length === 0) print('Nothing is blocked.');
      for (const line of table(rows, now)) print(line);
      for (const { target, until } of unknown)
        print(`${target}: in the firewall, in no book; ${timeLeft(until, now)} left`);
    }
    if (missing > 0)
      say(
        `${missing} of them are not in the firewall (after a reboot or a flush?). To bring them back: seawall bans --restore`,
      );
    return missing > 0 ? EXIT.wrong : EXIT.done;
  } finally {
    store?.close();
  }
}

/** One row a target: of several bans of it the longest counts. */
function longest(bans: readonly Ban[]): Ban[] {
  const found = new Map<string, Ban>();
  for (const ban of bans) {
    const known = found.get(ban.target);
    if (!known || ban.until > known.until) found.set(ban.target, ban);
  }
  return [...found.values()];
}

function rowOf(ban: Ban, find: (range: Range) => HeldPiece[], whole: boolean): Row {
  const range = rangeFrom(ban.target);
  const own = range ? find(range) : [];
  const counted = own.length > 0 && own.every((piece) => piece.packets !== undefined);
  return {
    ...ban,
    inFirewall: whole && own.length > 0,
    ...(counted && { packets: own.reduce((sum, piece) => sum + (piece.packets ?? 0), 0) }),
  };
}

function table(rows: readonly Row[], now: number): string[] {
  if (rows.length === 0) return [];
  const cells = [
    ['blocked', 'left', 'packets', 'since', 'by', 'act', 'reason'],
    ...rows.map((row) => [
      row.target,
      timeLeft(row.until, now),
      row.inFirewall ? String(row.packets ?? '?') : 'missing',
      moment(row.since),
      row.by,
      row.act === undefined ? '-' : String(row.act),
      row.reason,
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.slice(0, 1000).map((row) => row[i]?.length ?? 0)));
  return cells.map((row) =>
    row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  '),
  );
}
