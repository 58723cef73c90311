// What all commands that act share: one at a time, what a crash left is repaired first, and the firewall holds what the book says.
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { liveHost } from '../host/index.ts';
import type { Act } from '../model/act.ts';
import type { Host } from '../model/host.ts';
import { type Acting, repair, takeBack, takeBackExpired } from '../remedies/acting/carry-out.ts';
import { changersFor } from '../remedies/acting/changers.ts';
import { abandonedCaptures } from '../remedies/capture/stale.ts';
import { bringFirewallTo, readFirewall, strangers } from '../remedies/firewall/sync.ts';
import type { NeverOptions } from '../remedies/never/never.ts';
import { plain } from '../report/text/escape.ts';
import { systemNames } from '../sources/robot-names.ts';
import { openStore, type Store, stateFolder, takeLock } from '../store/index.ts';
import { EXIT } from './exit.ts';

export interface Session {
  readonly host: Host;
  readonly store: Store;
  readonly acting: Acting;
  /** What was put right before the command itself, in sentences. */
  readonly putRight: readonly string[];
}

/** What went wrong on the host is for people: it names what to do, and is no fault of ours. */
const TOLD = new Set(['HostError', 'StoreError']);

/** Folder of the allowlist: SEAWALL_CONFIG where it is set. */
function configFolder(): string {
  const own = process.env.SEAWALL_CONFIG;
  return own?.startsWith('/') ? own : '/etc/seawall';
}

/** Who must not be blocked on this host is looked up by these. */
export function neverOptions(): NeverOptions {
  return { allowFile: join(configFolder(), 'allow'), names: systemNames() };
}

/**
 * Holds the lock, repairs and restores, then works.
 * @param what the command, for the message of another one that waits.
 * @returns the exit code: that of `work`, or 1 when the host or the store failed and it was said what.
 */
export async function withSession(what: string, work: (session: Session) => Promise<number>): Promise<number> {
  const folder = stateFolder(process.env);
  if (process.getuid?.() !== 0) {
    say(`${what}: acting on this host needs root. Nothing was changed. Run it again with sudo.`);
    return EXIT.wrong;
  }
  return await toldWhenItFails(async () => {
    const lock = await takeLock(folder, what, liveHost.sleep);
    const stop = watchSignals();
    try {
      const store = await openStore(folder, who());
      try {
        const acting: Acting = {
          host: liveHost,
          journal: store.journal,
          changers: changersFor(store.bans),
          interrupted: stop.came,
        };
        const putRight = [
          ...(await repair(acting)).map(repairedText),
          ...(await endAbandoned(acting)).map(repairedText),
          ...(await takeBackExpired(acting)).map(expiredText),
          ...(await restoreFirewall(store, liveHost)),
        ];
        for (const line of putRight) say(line);
        return await work({ host: liveHost, store, acting, putRight });
      } finally {
        store.close();
      }
    } finally {
      stop.end();
      lock.release();
    }
  });
}

/** Runs what looks or acts; a fault of the host or the store is said. `code`: the exit code then; of what only looks, 3. */
export async function toldWhenItFails(work: () => Promise<number>, code: number = EXIT.wrong): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !TOLD.has(error.name)) throw error;
    say(error.message);
    return code;
  }
}

export function say(text: string): void {
  process.stderr.write(`seawall: ${text.split('\n').map(plain).join('\n')}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text.split('\n').map(plain).join('\n')}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** A capture whose Seawall was killed does nothing any more; it is taken out all the same. */
async function endAbandoned(acting: Acting): Promise<Act[]> {
  const ended: Act[] = [];
  for (const act of abandonedCaptures(acting.journal.acts(['done', 'failed']), acting.host))
    ended.push(await takeBack(act, acting));
  return ended;
}

function repairedText(act: Act): string {
  return `repaired what was left of act ${act.id} (${act.prepared.title}): now ${act.state}. ${act.trouble ?? ''}`.trim();
}

function expiredText(act: Act): string {
  return `the time of act ${act.id} (${act.prepared.title}) is over: now ${act.state}. ${act.trouble ?? ''}`.trim();
}

/** After a reboot or a flush the firewall has forgotten; what it holds that no book knows is taken up. */
async function restoreFirewall(store: Store, host: Host): Promise<string[]> {
  const wish = store.bans.bans(host.now());
  const told: string[] = [];
  let found: { target: string; until: number }[] = [];
  try {
    const { held } = await readFirewall(host);
    found = strangers(held, wish, host.now());
  } catch (error) {
    // Without a firewall there is nothing to restore, and other remedies don't need one.
    if (wish.length === 0) return [];
    throw error;
  }
  if (found.length > 0) {
    store.bans.adopt(found, host.now());
    told.push(`took up ${found.length} blocked in the firewall and in no book: seawall bans lists them.`);
  }
  const changed = await bringFirewallTo(store.bans.bans(host.now()), host);
  if (changed && wish.length > 0)
    told.push(`the firewall did not hold all that should be blocked: brought back (${wish.length} in all).`);
  return told;
}

/** The user, and who they were before sudo. */
function who(): string {
  const user = (() => {
    try {
      return userInfo().username;
    } catch {
      return `user ${process.getuid?.()}`;
    }
  })();
  const before = process.env.SUDO_USER;
  return before && before !== user ? `${before} (as ${user})` : user;
}

/** A signal must not end us in the middle of a change: it is heeded before the next one. */
function watchSignals(): { came: () => string | undefined; end: () => void } {
  let name: string | undefined;
  const note = (signal: NodeJS.Signals): void => {
    name ??= signal === 'SIGINT' ? 'Ctrl-C' : signal;
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, note);
  return {
    came: () => name,
    end: () => {
      for (const signal of signals) process.off(signal, note);
    },
  };
}

/** `--yes`, or a yes on the terminal. Without both the answer is no, and it is said why. */
export async function agreed(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    say('nothing was changed: there is no terminal to ask on. Add --yes to do it, or --dry-run to look only.');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await Promise.race([
      lines.question(`${question} [y/N] `),
      new Promise<string>((resolve) => lines.once('close', () => resolve(''))),
    ]);
    if (/^y(es)?$/i.test(answer.trim())) return true;
    say('nothing was changed.');
    return false;
  } finally {
    lines.close();
  }
}
