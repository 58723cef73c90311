// What a capture would change on a host: the drop-in and how PHP comes to run it. Looks, and changes nothing.
import type { CapturePlan, Change, Prepared, Refusal } from '../../model/act.ts';
import type { FileState, HostReader, ProcessId } from '../../model/host.ts';
import { type DropInLimits, dropIn, type RecordFiles } from './drop-in.ts';
import { checkedSyntax } from './lint.ts';
import { phpUsers } from './php-users.ts';
import { CACHE_SECONDS, prependedAlready, withPrepended } from './prepend.ts';
import { type WordpressSite, wordpressAt } from './wordpress.ts';

export type Through = CapturePlan['through'];

export interface CaptureWish {
  /** Root of the site, absolute. */
  readonly site: string;
  readonly through?: Through;
  readonly limits: DropInLimits;
  /** The capture's own folder, outside of every web root; it is made before anything is written to it. */
  readonly folder: string;
  /** Who we are: root may write for everyone, others for themselves. */
  readonly uid: number;
  /** This very process. */
  readonly holder: ProcessId;
}

export interface PreparedCapture {
  readonly plan: CapturePlan;
  readonly prepared: Prepared;
  /** To be made first. They are ours alone and no change of the host; absent ones are never made by the drop-in. */
  readonly files: readonly { readonly path: string; readonly state: FileState }[];
  readonly records: readonly RecordFiles[];
  readonly wordpress?: WordpressSite;
}

/** @throws HostError for what may not be read */
export async function prepareCapture(wish: CaptureWish, host: HostReader): Promise<PreparedCapture | Refusal> {
  const { site, folder, limits } = wish;
  if (host.list(site) === undefined)
    return { refused: `${site}: no such folder. Name the root of a site: --site PATH.` };
  const wordpress = wordpressAt(site, host);
  const through = wish.through ?? (wordpress?.muPlugins !== undefined ? 'mu-plugin' : 'user-ini');
  const users = phpUsers([`${site}/wp-config.php`, `${site}/wp-load.php`, `${site}/index.php`], host);
  const uids = wish.uid === 0 ? [...new Set([...users, 0])] : [wish.uid];
  const records = uids.map((uid) => ({ record: `${folder}/requests-${uid}.jsonl`, tally: `${folder}/tally-${uid}` }));
  const files = records.flatMap(({ record, tally }, i) =>
    [record, tally].map((path) => ({
      path,
      state: { content: '', mode: 0o600, uid: uids[i] ?? wish.uid, gid: gidOf(wish) },
    })),
  );
  const code = dropIn(limits, records);
  const syntax = await checkedSyntax(code, host);
  if ('refused' in syntax) return syntax;
  const plan: CapturePlan = {
    kind: 'capture',
    site,
    through,
    until: limits.until,
    folder,
    holder: wish.holder,
    reason: 'what are they sending?',
  };
  const way = through === 'mu-plugin' ? muPlugin(wish, wordpress, code, host) : userIni(wish, code, host);
  if ('refused' in way) return way;
  const notes = [...syntax.notes, ...(wish.uid === 0 ? [] : [NOT_ROOT])];
  return {
    plan,
    records,
    files: [...files, ...way.files],
    prepared: {
      title: `Note what requests for ${site} ask for, until ${new Date(limits.until).toISOString()}`,
      changes: way.changes,
      notes: [...way.notes, ...notes],
      until: limits.until,
    },
    ...(wordpress && { wordpress }),
  };
}

const NOT_ROOT = 'Not run as root: something is noted only where PHP runs as the same user.';

interface Way {
  readonly changes: readonly Change[];
  readonly files: PreparedCapture['files'];
  readonly notes: readonly string[];
}

function muPlugin(wish: CaptureWish, site: WordpressSite | undefined, code: string, host: HostReader): Way | Refusal {
  if (!site)
    return { refused: `${wish.site}: no WordPress there (no wp-load.php). For other PHP sites: --through user-ini.` };
  const { muPlugins, content } = site;
  if (muPlugins === undefined || content === undefined)
    return {
      refused: `${wish.site}: wp-config.php computes where plugins lie, which can't be known without running it. Use --through user-ini.`,
    };
  const owner = host.fileState(`${site.root}/wp-load.php`);
  const path = `${muPlugins}/000-seawall-capture-${nameOf(wish.folder)}.php`;
  const mode = 0o644;
  const after = {
    content: base64(code),
    mode,
    uid: wish.uid === 0 ? (owner?.uid ?? 0) : wish.uid,
    gid: wish.uid === 0 ? (owner?.gid ?? 0) : gidOf(wish),
  };
  const isThere = host.list(muPlugins) !== undefined;
  const folder: Change = {
    kind: 'run',
    argv: ['mkdir', '-p', '-m', '0755', muPlugins],
    timeoutMs: 5000,
    // Bears that the folder is gone already, and leaves it when somebody put something into it.
    undo: [
      'find',
      content,
      '-mindepth',
      '1',
      '-maxdepth',
      '1',
      '-name',
      lastPart(muPlugins),
      '-type',
      'd',
      '-empty',
      '-delete',
    ],
  };
  return {
    changes: [...(isThere ? [] : [folder]), { kind: 'file', path, after }],
    files: [],
    notes: ['WordPress itself loads it, so requests are seen only while the database answers.'],
  };
}

function userIni(wish: CaptureWish, code: string, host: HostReader): Way | Refusal {
  const already = prependedAlready(wish.site, host);
  if (already)
    return {
      refused: `${already.where} sets auto_prepend_file already, for a security plugin as a rule, and only one file can be prepended. Use --through mu-plugin.`,
    };
  const path = `${wish.site}/.user.ini`;
  const before = host.fileState(path);
  const owner = before ?? host.fileState(`${wish.site}/index.php`) ?? { uid: 0, gid: 0 };
  const own = wish.uid === 0 ? { uid: owner.uid, gid: owner.gid } : { uid: wish.uid, gid: gidOf(wish) };
  const text = before === undefined ? undefined : Buffer.from(before.content, 'base64').toString('utf8');
  // Outside of the act: workers that remember the setting for a while must still find a file there.
  const prepended = `${wish.folder}/prepend.php`;
  const after: FileState = { content: base64(withPrepended(text, prepended)), mode: before?.mode ?? 0o644, ...own };
  return {
    changes: [{ kind: 'file', path, ...(before && { before }), after }],
    files: [{ path: prepended, state: { content: base64(code), mode: 0o644, uid: wish.uid, gid: gidOf(wish) } }],
    notes: [
      `Workers of PHP-FPM keep what .user.ini said for up to ${CACHE_SECONDS} s (user_ini.cache_ttl): those that run may begin, and end, that late. php-cgi begins at once. PHP as a module of Apache doesn't read .user.ini at all.`,
    ],
  };
}

function gidOf({ uid }: CaptureWish): number {
  return uid === 0 ? 0 : (process.getgid?.() ?? uid);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function nameOf(folder: string): string {
  return lastPart(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}
