// Bans and their end: written into the book first, then the firewall is brought to what the book says.
import type { BanBook, Change, Changer } from '../../model/act.ts';
import { HostError } from '../../model/host.ts';
import { cutCommands, openFrom } from '../firewall/connections.ts';
import { bringFirewallTo } from '../firewall/sync.ts';

type Of<K extends Change['kind']> = Extract<Change, { kind: K }>;

export function banChanger(book: BanBook): Changer<Of<'ban'>> {
  return {
    async apply({ targets, until }, host, act) {
      book.add(act, targets, until);
      await bringFirewallTo(book.bans(host.now()), host);
    },
    async revert(_, host, act) {
      book.remove(act);
      await bringFirewallTo(book.bans(host.now()), host);
    },
  };
}

export function unbanChanger(book: BanBook): Changer<Of<'unban'>> {
  return {
    async apply({ targets }, host, act) {
      book.lift(act, targets);
      await bringFirewallTo(book.bans(host.now()), host);
    },
    async revert(_, host, act) {
      book.unlift(act);
      await bringFirewallTo(book.bans(host.now()), host);
    },
  };
}

/** Its effect is looked at when the act is verified: a kernel without SOCK_DESTROY says nothing, and ends nothing. */
export const cutChanger: Changer<Of<'cut'>> = {
  async apply({ targets }, host) {
    const { peers } = openFrom(host, targets);
    for (const argv of cutCommands(peers)) {
      const left = await host.run(argv, { timeoutMs: 20_000 });
      if (left.failure === 'missing') return;
      if (left.failure !== undefined)
        throw new HostError(`Cutting connections with "${argv.slice(0, 5).join(' ')} ...": ${left.failure}.`);
    }
  },
  async revert() {},
};
