// `seawall capture` through a drop-in: it is put into a site as an act that is written down first, and taken out again.
import { randomBytes } from 'node:crypto';
import { readNotes } from '../formats/requests/notes.ts';
import { liveHost } from '../host/index.ts';
import type { Act } from '../model/act.ts';
import { type Host, HostError } from '../model/host.ts';
import { carryOut, takeBack } from '../remedies/acting/carry-out.ts';
import { describeChanges } from '../remedies/acting/describe.ts';
import { type PreparedCapture, prepareCapture } from '../remedies/capture/prepare.ts';
import { captureName, forgetEarlier, holdCapture, type Noted } from '../remedies/capture/session.ts';
import { wordpressAt } from '../remedies/capture/wordpress.ts';
import { type SiteRoot, siteRoots } from '../sources/capture/roots.ts';
import { OptionError } from '../sources/given.ts';
import { stateFolder } from '../store/index.ts';
import { agreed, print, say, toldWhenItFails, withSession } from './acting.ts';
import type { CaptureCommand } from './capture-options.ts';
import { reportCapture } from './capture-report.ts';
import { EXIT } from './exit.ts';

/** Beside the state, not in it: PHP's user must be able to pass through. */
function capturesFolder(): string {
  return `${stateFolder(process.env)}-captures`;
}

/** @returns the exit code. @throws OptionError */
export async function dropInCommand(command: CaptureCommand): Promise<number> {
  if (command.way === 'forget') return await forget();
  return await toldWhenItFails(async () => {
    const site = command.site ?? onlySite(siteRoots(liveHost), liveHost);
    if (command.dryRun) return await dryRun(site, command);
    // A session begins by repairing what a crash left, captures whose Seawall is gone among it.
    const ready = await withSession('capture', async ({ host }) => {
      await forgetEarlier(capturesFolder(), host);
      return EXIT.done;
    });
    if (ready !== EXIT.done) return ready;
    const capture = await prepared(site, command);
    if ('refused' in capture) return refuse(capture.refused);
    if (!command.yes && !command.json) show(capture);
    if (!(await agreed(`${capture.prepared.title}?`, command.yes))) return EXIT.usage;
    return await hold(await renewed(capture, site, command), command);
  });
}

/** The question may have waited for long: the time counts from the answer. */
async function renewed(capture: PreparedCapture, site: string, command: CaptureCommand): Promise<PreparedCapture> {
  const fresh = await prepared(site, command);
  return 'refused' in fresh ? capture : fresh;
}

async function prepared(site: string, { seconds, wanted, through }: CaptureCommand) {
  const until = liveHost.now() + seconds * 1000;
  const holder = liveHost.process(process.pid);
  if (!holder) throw new HostError('Looking up this very process in /proc: it is not there. Is /proc mounted?');
  return await prepareCapture(
    {
      site,
      ...(through !== undefined && { through }),
      limits: { until, ...wanted },
      folder: `${capturesFolder()}/${captureName(until, randomBytes(4).toString('hex'))}`,
      uid: process.getuid?.() ?? 0,
      holder,
    },
    liveHost,
  );
}

async function hold(capture: PreparedCapture, command: CaptureCommand): Promise<number> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, end);
  let noted: Noted;
  let act: Act | undefined;
  try {
    noted = await holdCapture(
      capture,
      { count: command.wanted.count, until: capture.plan.until, stop: stop.signal, onProgress: progress },
      {
        begin: async () => {
          act = await begun(capture);
        },
        end: async () => {
          if (act) await ended(act);
        },
      },
      liveHost,
    );
  } finally {
    for (const signal of signals) process.off(signal, end);
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
  const { requests, unreadable } = readNotes(noted.lines);
  const enough = requests.length >= command.wanted.count;
  const way = {
    kind: 'drop-in',
    site: capture.plan.site,
    through: capture.plan.through,
    ...(capture.wordpress?.version !== undefined && { wordpress: capture.wordpress.version }),
    span: { from: noted.from, to: noted.to },
    endedBy: stop.signal.aborted ? 'person' : enough ? 'count' : 'time',
    unreadable,
  } as const;
  const empty = requests.length === 0 ? nothingNoted(capture, liveHost) : [];
  return reportCapture(
    requests,
    { way, notes: [...capture.prepared.notes, ...empty], kept: keptWords(capture) },
    command,
  );
}

/** The lock is held for a moment only: a block must not wait for a capture. */
async function begun(capture: PreparedCapture): Promise<Act> {
  let act: Act | undefined;
  await withSession('capture', async ({ store, acting, host }) => {
    act = await carryOut(store.journal.plan(capture.plan, capture.prepared, host.now()), acting);
    return EXIT.done;
  });
  if (act?.state !== 'done') throw new HostError(`Putting in the drop-in: ${act?.trouble ?? 'it could not be begun.'}`);
  return act;
}

async function ended(act: Act): Promise<void> {
  let now: Act | undefined;
  await withSession('capture', async ({ store, acting }) => {
    const latest = store.journal.act(act.id) ?? act;
    // Somebody may have typed `seawall undo` meanwhile.
    now = latest.state === 'done' ? await takeBack(latest, { ...acting, interrupted: () => undefined }) : latest;
    return EXIT.done;
  });
  if (now?.state !== 'undone')
    throw new HostError(
      `Taking out the drop-in: ${now?.trouble ?? 'the store could not be opened.'} It stops by itself, but its file is still there. Try again: seawall undo ${act.id}`,
    );
}

async function dryRun(site: string, command: CaptureCommand): Promise<number> {
  const capture = await prepared(site, command);
  if ('refused' in capture) return refuse(capture.refused);
  show(capture);
  return EXIT.done;
}

function show({ prepared: { title, changes, notes }, plan }: PreparedCapture): void {
  print(`${title}.`);
  for (const line of describeChanges(changes, Date.now())) print(`  ${line}`);
  for (const note of notes) print(`  ${note}`);
  print(`  Notes go to ${plan.folder}, readable for root and PHP's own user, and are deleted once they are read.`);
}

/** Deletes what captures left that are over. */
async function forget(): Promise<number> {
  return await withSession('capture', async ({ host }) => {
    const { deleted, kept } = await forgetEarlier(capturesFolder(), host);
    print(`Deleted what ${deleted} earlier captures left in ${capturesFolder()}.`);
    if (kept > 0)
      print(`${kept} stay: one that runs, or an inert file that PHP may still be told to prepend (an hour at most).`);
    return EXIT.done;
  });
}

/** The only WordPress site of the web server, else its only site. @throws OptionError when there is a choice. */
function onlySite(roots: readonly SiteRoot[], host: Host): string {
  const wordpress = roots.filter(({ root }) => wordpressAt(root, host) !== undefined);
  const [one, second] = wordpress.length > 0 ? wordpress : roots;
  if (one && !second) return one.root;
  const found = (wordpress.length > 0 ? wordpress : roots).slice(0, 20);
  const listed = found.map(
    ({ root, names }) => `\n  --site ${root}${names.length > 0 ? `   (${names.slice(0, 3).join(', ')})` : ''}`,
  );
  throw new OptionError(
    listed.length === 0
      ? "capture: no site was found in the web server's configuration. Name its root: --site /var/www/html, or read packets: --packets FILE."
      : `capture: which site? Name one:${listed.join('')}`,
  );
}

/** Why nothing may have been noted, as far as the host tells. */
function nothingNoted(capture: PreparedCapture, host: Host): string[] {
  const notes: string[] = [];
  const enforcing = quietly(() => host.readText('/sys/fs/selinux/enforce', 8));
  if (enforcing?.trim() === '1')
    notes.push(
      `SELinux is enforcing: PHP may not be allowed to write to ${capture.plan.folder}. Use --packets where the traffic is plain HTTP.`,
    );
  if (capture.plan.through === 'mu-plugin')
    notes.push(
      'If requests did come (see the access log): WordPress dies before it loads plugins while the database is down; --through user-ini sees them then.',
    );
  const users = capture.records.map(({ record }) => /-(\d+)\.jsonl$/.exec(record)?.[1]).join(', ');
  notes.push(
    `Only PHP that runs as one of these users, and without an open_basedir around its site, can note anything: ${users}.`,
  );
  return notes;
}

function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function keptWords({ plan }: PreparedCapture): string {
  const stub =
    plan.through === 'user-ini'
      ? ` An inert file stays in ${plan.folder} for PHP workers that remember it; the next capture, or seawall capture --forget, deletes it.`
      : '';
  return `Of the notes nothing is kept: they were read and deleted. That there was a capture stands in the journal (seawall acts), without what was seen.${stub}`;
}

function refuse(why: string): number {
  say(`${why} Nothing was changed.`);
  return EXIT.wrong;
}

function progress(requests: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[Klooking: ${requests} requests so far (Ctrl-C ends it)`);
}
