// What must hold of every act: killed at any point, the next run brings the host to what it was or to what was wished.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Act, ActPlan, BanBook, Change, Journal, Prepared, Service } from '../../model/act.ts';
import { memoryBook, memoryJournal } from '../../model/acting.fixture.ts';
import { fakeHost, textFile } from '../../model/fake-host.fixture.ts';
import { type Host, HostError } from '../../model/host.ts';
import { fakeNft } from '../firewall/nft.fixture.ts';
import { bringFirewallTo } from '../firewall/sync.ts';
import { canTakeBack, carryOut, repair, takeBack, takeBackExpired } from './carry-out.ts';
import { changersFor } from './changers.ts';
import { describeChange } from './describe.ts';

const plan: ActPlan = { kind: 'restart-web', reason: 'a test' };
const WEB: Service = {
  name: 'nginx',
  role: 'web',
  start: ['web', 'start'],
  stop: ['web', 'stop'],
  reload: ['web', 'reload'],
  test: ['web', 'test'],
  pidFile: '/run/nginx.pid',
};

/** The program is dead: nothing works any more. */
class Crash extends Error {}

/** A host with a web server, a firewall and two files, its memory, and a death that comes at a given effect. */
function machine() {
  const nft = fakeNft();
  const copies = new Set<string>();
  let config = 'old';
  let broken = false;
  let pid = 100;
  const host = fakeHost({
    files: { '/etc/web.conf': 'old', '/etc/other.conf': 'x', '/proc/self/status': '' },
    program(argv, stdin) {
      const [program, verb = ''] = argv;
      if (program === 'nft') return nft.run(argv, stdin);
      if (program === 'ss') return '';
      if (program === 'setting') {
        config = verb;
        return '';
      }
      if (program === 'mv') {
        copies.add(argv.at(-1) ?? '');
        host.files.set(`${argv.at(-1)}/copy`, textFile(''));
        return '';
      }
      if (program !== 'web') return '';
      if (verb === 'test') return { code: broken ? 1 : 0, stderr: broken ? 'syntax error' : '' };
      if (verb === 'start') begin();
      if (verb === 'stop') end();
      return '';
    },
  });
  function begin(): void {
    pid++;
    host.files.set('/run/nginx.pid', textFile(`${pid}\n`));
    host.files.set(`/proc/${pid}/comm`, textFile('nginx\n'));
    host.processes.set(pid, { pid, startTicks: pid * 10 });
  }
  function end(): void {
    host.files.delete('/run/nginx.pid');
    for (const one of host.processes.keys()) host.files.delete(`/proc/${one}/comm`);
    host.processes.clear();
  }
  begin();
  const journal = memoryJournal();
  const book = memoryBook();
  let effects = 0;
  let dieAt = Number.POSITIVE_INFINITY;
  let dead = false;
  /** An effect happens before the death or doesn't, as `dieAt` has it: even numbers die before, odd ones after. */
  function effect<T>(work: () => T): T {
    if (dead) throw new Crash();
    const at = effects;
    effects += 2;
    if (at === dieAt) {
      dead = true;
      throw new Crash();
    }
    const done = work();
    if (at + 1 === dieAt) {
      dead = true;
      throw new Crash();
    }
    return done;
  }
  const mortalHost: Host = {
    ...host,
    now: host.now,
    run: async (argv, options) => await effect(() => host.run(argv, options)),
    writeFile: (path, state) => effect(() => host.writeFile(path, state)),
    removeFile: (path) => effect(() => host.removeFile(path)),
    signal: (process, name) => effect(() => host.signal(process, name)),
  };
  const mortalJournal: Journal = {
    ...journal,
    plan: (...given) => effect(() => journal.plan(...given)),
    update: (...given) => effect(() => journal.update(...given)),
  };
  const mortalBook: BanBook = {
    ...book,
    add: (...given) => effect(() => book.add(...given)),
    remove: (...given) => effect(() => book.remove(...given)),
    lift: (...given) => effect(() => book.lift(...given)),
    unlift: (...given) => effect(() => book.unlift(...given)),
  };
  return {
    host,
    nft,
    journal,
    book,
    acting: { host: mortalHost, journal: mortalJournal, changers: changersFor(mortalBook) },
    effects: () => effects,
    dieIn: (after: number) => {
      dieAt = effects + after;
    },
    revive: () => {
      dead = false;
      dieAt = Number.POSITIVE_INFINITY;
    },
    breakConfig: () => {
      broken = true;
    },
    /** All that a person could see: files but those of the copy, the service, the setting, the firewall, the book. */
    picture: () =>
      JSON.stringify([
        [...host.files].filter(([path]) => path.startsWith('/etc/')).map(([path, state]) => [path, state.content]),
        host.processes.size > 0,
        config,
        nft.picture(),
        book.bans(host.clock).map((ban) => ban.target),
      ]),
  };
}

const HOUR = 3_600_000;
const NOW = fakeHost().clock;
const service = (verb: 'start' | 'stop' | 'restart' | 'reload'): Change => ({
  kind: 'service',
  service: WEB,
  verb,
  was: 'running',
});
const CHANGES: readonly Change[] = [
  { kind: 'ban', targets: ['203.0.113.7', '2001:db8::/48'], until: NOW + HOUR },
  { kind: 'cut', targets: ['203.0.113.7'] },
  { kind: 'file', path: '/etc/web.conf', before: textFile('old'), after: textFile('new') },
  { kind: 'file', path: '/etc/fresh.conf', after: textFile('new') },
  { kind: 'file', path: '/etc/other.conf', before: textFile('x') },
  { kind: 'run', argv: ['setting', 'new'], timeoutMs: 1000, undo: ['setting', 'old'] },
  { kind: 'copy', files: ['/etc/web.conf'], to: '/var/lib/copies/1', restore: false },
  service('reload'),
  service('restart'),
  service('stop'),
];

const prepared = (changes: readonly Change[]): Prepared => ({ title: 'A test', changes, notes: [] });

function isOver(act: Act | undefined): boolean {
  return act === undefined || ['done', 'undone', 'failed'].includes(act.state);
}

describe('an act', () => {
  it('is done, and taken back to what was', async () => {
    const one = machine();
    const before = one.picture();
    const act = await carryOut(one.journal.plan(plan, prepared(CHANGES), NOW), one.acting);
    expect(act.trouble).toBeUndefined();
    expect(act.state).toBe('done');
    expect(one.host.processes.size).toBe(0);
    expect(one.nft.sets.get('blocked4')?.has('203.0.113.7')).toBe(true);
    expect(Buffer.from(one.host.files.get('/etc/web.conf')?.content ?? '', 'base64').toString()).toBe('new');
    expect(one.host.files.has('/etc/other.conf')).toBe(false);
    const undone = await takeBack(act, one.acting);
    expect(undone.trouble).toBeUndefined();
    expect(undone.state).toBe('undone');
    expect(one.picture()).toBe(before);
    expect(canTakeBack(undone)).toBe(false);
  });

  it('of which a change fails is taken back, and says why', async () => {
    const one = machine();
    const before = one.picture();
    one.breakConfig();
    const act = await carryOut(one.journal.plan(plan, prepared(CHANGES.slice(0, 8)), NOW), one.acting);
    expect(act.state).toBe('failed');
    expect(act.trouble).toContain('syntax error');
    // The web server still runs on its old configuration: a reload that fails its test was never done.
    expect(one.host.processes.size).toBe(1);
    expect(one.picture()).toBe(before);
  });

  it('stops before the next change when a signal came', async () => {
    const one = machine();
    const before = one.picture();
    let looked = 0;
    const acting = { ...one.acting, interrupted: () => (looked++ > 2 ? 'Ctrl-C' : undefined) };
    const act = await carryOut(one.journal.plan(plan, prepared(CHANGES), NOW), acting);
    expect(act.trouble).toBe('Stopped by Ctrl-C. Everything was taken back.');
    expect(one.picture()).toBe(before);
  });

  it('leaves alone a file that somebody else has changed since', async () => {
    const one = machine();
    one.host.files.set('/etc/web.conf', textFile('by hand'));
    const act = await carryOut(one.journal.plan(plan, prepared(CHANGES.slice(2, 4)), NOW), one.acting);
    expect(act.trouble).toContain('somebody else changed it');
    expect(Buffer.from(one.host.files.get('/etc/web.conf')?.content ?? '', 'base64').toString()).toBe('by hand');
    expect(one.host.files.has('/etc/fresh.conf')).toBe(false);
  });

  it('that could not be taken back whole says what is left, and can be tried again', async () => {
    const one = machine();
    const before = one.picture();
    const act = await carryOut(one.journal.plan(plan, prepared(CHANGES.slice(2, 4)), NOW), one.acting);
    one.host.files.set('/etc/web.conf', textFile('by hand'));
    const failed = await takeBack(act, one.acting);
    expect(failed.state).toBe('failed');
    expect(failed.trouble).toContain('/etc/web.conf');
    expect(one.host.files.has('/etc/fresh.conf')).toBe(false);
    expect(canTakeBack(failed)).toBe(true);
    one.host.files.set('/etc/web.conf', textFile('new'));
    expect((await takeBack(failed, one.acting)).state).toBe('undone');
    expect(one.picture()).toBe(before);
  });

  it('whose files are back tells the service to read them again, after they are back', async () => {
    const one = machine();
    const act = await carryOut(
      one.journal.plan(plan, prepared([CHANGES[2] as Change, service('reload')]), NOW),
      one.acting,
    );
    const ran = one.host.ran.length;
    await takeBack(act, one.acting);
    expect(one.host.ran.slice(ran).map(({ argv }) => argv.join(' '))).toEqual(['web test', 'web reload']);
  });
});

describe('an act for a time', () => {
  it('is taken back by the first command after it, but a block is not: the kernel lets go of it', async () => {
    const one = machine();
    const until = NOW + HOUR;
    const before = one.picture();
    await carryOut(one.journal.plan(plan, { ...prepared(CHANGES.slice(0, 2)), until }, NOW), one.acting);
    await carryOut(one.journal.plan(plan, { ...prepared(CHANGES.slice(2, 3)), until }, NOW), one.acting);
    expect(await takeBackExpired(one.acting)).toEqual([]);
    one.host.clock = until;
    expect((await takeBackExpired(one.acting)).map(({ id, state }) => [id, state])).toEqual([[2, 'undone']]);
    await bringFirewallTo(one.book.bans(until), one.host);
    expect(one.picture()).toBe(before);
  });
});

describe('a journal that can no longer be written', () => {
  it('at any point leaves the host as it was, or done and written down', async () => {
    for (let last = 0; last < 25; last++) {
      const one = machine();
      const before = one.picture();
      let writes = 0;
      const journal: Journal = {
        ...one.journal,
        update(...given) {
          if (writes++ >= last) throw new Error('disk full');
          return one.journal.update(...given);
        },
      };
      const act = one.journal.plan(plan, prepared(CHANGES), NOW);
      const end = await carryOut(act, { ...one.acting, journal }).catch(() => undefined);
      if (end?.state === 'done') break;
      expect(one.picture(), `after ${last} writes`).toBe(before);
      // With room again, the next run knows what to look at.
      await repair(one.acting);
      expect(one.picture()).toBe(before);
      expect(isOver(one.journal.act(1))).toBe(true);
    }
  });
});

describe('a crash', () => {
  it('at any point of an act or of taking it back leaves what the next run repairs, also when that crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...CHANGES], { minLength: 1 }),
        fc.nat(160),
        fc.nat(160),
        fc.boolean(),
        async (changes, first, second, undoing) => {
          const one = machine();
          const before = one.picture();
          const twin = machine();
          await carryOut(twin.journal.plan(plan, prepared(changes), NOW), twin.acting);
          const wished = twin.picture();
          let act: Act | undefined;
          const attempt = async (work: () => Promise<unknown>): Promise<void> => {
            try {
              await work();
            } catch (error) {
              expect(error).toBeInstanceOf(Crash);
            }
          };
          if (undoing) {
            act = await carryOut(one.journal.plan(plan, prepared(changes), NOW), one.acting);
            expect(act.trouble).toBeUndefined();
            const done = act;
            one.dieIn(first);
            await attempt(() => takeBack(done, one.acting));
          } else {
            one.dieIn(first);
            await attempt(async () => {
              await carryOut(one.acting.journal.plan(plan, prepared(changes), NOW), one.acting);
            });
          }
          one.revive();
          one.dieIn(second);
          await attempt(() => repair(one.acting));
          one.revive();
          await repair(one.acting);
          const [end] = one.journal.acts();
          expect(isOver(end)).toBe(true);
          expect(end?.trouble ?? '').not.toContain('but for this');
          // Done stays done, all else is as before: never in between.
          expect(one.picture()).toBe(end?.state === 'done' ? wished : before);
          expect(await repair(one.acting)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('after the firewall was flushed: the book brings it back', async () => {
    const one = machine();
    await carryOut(one.journal.plan(plan, prepared(CHANGES.slice(0, 1)), NOW), one.acting);
    const held = one.nft.picture();
    one.nft.run(['nft', '-f', '-'], 'delete table inet seawall\n');
    expect(one.nft.picture()).not.toBe(held);
    expect(await bringFirewallTo(one.book.bans(NOW), one.host)).toBe(true);
    expect(one.nft.picture()).toBe(held);
    expect(await bringFirewallTo(one.book.bans(NOW), one.host)).toBe(false);
    one.nft.run(['nft', '-f', '-'], 'flush chain inet seawall early\n');
    expect(await bringFirewallTo(one.book.bans(NOW), one.host)).toBe(true);
    expect(one.nft.picture()).toBe(held);
  });
});

describe('processes', () => {
  it('are asked, then killed, and never a later one of the same pid', async () => {
    const one = machine();
    const stubborn = fakeHost({
      processes: [
        { pid: 50, startTicks: 5 },
        { pid: 51, startTicks: 77 },
      ],
    });
    const host: Host = {
      ...stubborn,
      now: () => stubborn.clock,
      sleep: stubborn.sleep,
      signal: (target, name) => {
        if (name === 'SIGTERM') {
          if (target.pid === 51) return stubborn.signal(target, name);
          stubborn.signals.push({ pid: target.pid, signal: name });
          return true;
        }
        return stubborn.signal(target, name);
      },
    };
    const named = (pid: number, startTicks: number) => ({ pid, startTicks, name: 'php-cgi' });
    const end: Change = { kind: 'end', processes: [named(50, 5), named(51, 6)], graceMs: 500 };
    const act = await carryOut(one.journal.plan(plan, prepared([end]), NOW), { ...one.acting, host });
    expect(act.state).toBe('done');
    expect(stubborn.signals).toEqual([
      { pid: 50, signal: 'SIGTERM' },
      { pid: 50, signal: 'SIGKILL' },
    ]);
    expect(stubborn.processes.has(51)).toBe(true);
  });
});

describe('a session', () => {
  it('is ended whole: what was started after it was looked at, but nobody of another session', async () => {
    const one = machine();
    const stat = (pid: number, session: number, ticks: number): string =>
      `${pid} (php-cgi) S 1 ${session} ${session} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 4096 12 0`;
    const host = fakeHost({
      files: Object.fromEntries(
        [stat(61, 60, 7), stat(62, 60, 8), stat(63, 99, 9), stat(64, 60, 2)].flatMap((text) => {
          const folder = `/proc/${text.split(' ')[0]}`;
          return [
            [`${folder}/stat`, text],
            [`${folder}/status`, 'Uid:\t33\t33\t33\t33\n'],
          ];
        }),
      ),
      processes: [61, 62, 63, 64].map((pid) => ({ pid, startTicks: pid - 54 })),
    });
    const gone = host.signal;
    host.signal = (target, name) => {
      host.files.delete(`/proc/${target.pid}/stat`);
      return gone(target, name);
    };
    const end: Change = { kind: 'end', processes: [], graceMs: 100, sessions: [{ pid: 60, startTicks: 5 }] };
    await carryOut(one.journal.plan(plan, prepared([end]), NOW), { ...one.acting, host });
    expect(host.signals.map(({ pid }) => pid)).toEqual([61, 62]);
  });
});

describe('a service', () => {
  it('that needs long to stop is waited for, and is not started before', async () => {
    const one = machine();
    const order: string[] = [];
    let endsAt = Number.POSITIVE_INFINITY;
    const host: Host = {
      ...one.host,
      now: () => one.host.clock,
      sleep: async (ms) => {
        await one.host.sleep(ms);
        if (one.host.clock >= endsAt && one.host.processes.size > 0) {
          endsAt = Number.POSITIVE_INFINITY;
          order.push('ended');
          await one.host.run(['web', 'stop']);
        }
      },
      run: async (argv, options) => {
        order.push(argv.join(' '));
        if (argv[1] !== 'stop') return await one.host.run(argv, options);
        endsAt = one.host.clock + 15_000;
        return { code: 0, stdout: '', stderr: '' };
      },
    };
    const act = await carryOut(one.journal.plan(plan, prepared([service('restart')]), NOW), { ...one.acting, host });
    expect(act.trouble).toBeUndefined();
    expect(order).toEqual(['web test', 'web stop', 'ended', 'web test', 'web start']);
  });

  it('that does not stay is told', async () => {
    const one = machine();
    await one.host.run(['web', 'stop']);
    const host: Host = {
      ...one.host,
      now: () => one.host.clock,
      run: async (argv, options) =>
        argv[1] === 'start' ? { code: 0, stdout: '', stderr: '' } : await one.host.run(argv, options),
    };
    const start: Change = { kind: 'service', service: WEB, verb: 'start', was: 'stopped' };
    const act = await carryOut(one.journal.plan(plan, prepared([start]), NOW), { ...one.acting, host });
    expect(act.state).toBe('failed');
    expect(act.trouble).toContain('did not stay');
  });
});

describe('a copy', () => {
  it('goes to a place of its own or nowhere', async () => {
    for (const to of ['/', '/etc', '/var/lib', '/var/lib/../x/y', 'relative/a/b', '/var/lib/x/']) {
      const one = machine();
      const copy: Change = { kind: 'copy', files: ['/etc/web.conf'], to, restore: true };
      const act = await carryOut(one.journal.plan(plan, prepared([copy]), NOW), one.acting);
      expect(act.trouble, to).toContain('no place for it');
      expect(one.host.ran.filter(({ argv }) => argv[0] === 'rm')).toEqual([]);
    }
  });
});

describe('in words', () => {
  it('every change is shown before it is done', () => {
    const lines = CHANGES.flatMap((change) => describeChange(change, NOW));
    expect(lines).toContain('change the file /etc/web.conf');
    expect(lines).toContain('  -old');
    expect(lines).toContain('  +new');
    expect(lines).toContain('write the new file /etc/fresh.conf');
    expect(lines).toContain('remove the file /etc/other.conf');
    expect(lines).toContain('  add element inet seawall blocked6 { 2001:db8::/48 timeout 3600s }');
    expect(lines).toContain('setting new');
    const run: Change = { kind: 'run', argv: ['x', "it's; rm"], timeoutMs: 1 };
    expect(describeChange(run, NOW)).toEqual([`x 'it'\\''s; rm'`]);
    expect(new HostError('x').name).toBe('HostError');
  });
});
