// manifest.json of a recording: which host, which clock, how large, from when to when.
import * as z from 'zod';
import type { Missing } from '../../model/verdict.ts';

const instant = z.iso.datetime({ offset: true });

const manifestSchema = z.object({
  format: z.literal('seawall-recording/1'),
  host: z.string().nullish(),
  timezone: z
    .string()
    .refine(isTimeZone, 'is no time zone that is known here (such as "Europe/Berlin", or "UTC")')
    .nullish(),
  cpus: z.number().positive().nullish(),
  memTotalKb: z.number().nonnegative().nullish(),
  swapTotalKb: z.number().nonnegative().nullish(),
  from: instant.nullish(),
  to: instant.nullish(),
  logsSince: instant.nullish(),
  logFormats: z.array(z.string().max(4000)).max(50).nullish(),
  replyBytes: z.enum(['body', 'wire']).nullish(),
  group: z
    .object({
      since: instant.nullish(),
      oomKills: z.number().nonnegative().nullish(),
      synFloods: z.number().nonnegative().nullish(),
    })
    .nullish(),
  notes: z.array(z.string().max(1000)).max(100).nullish(),
  unseen: z
    .array(z.object({ what: z.string().max(1000), command: z.string().max(1000) }))
    .max(100)
    .nullish(),
});

export interface Manifest {
  readonly host?: string;
  /** IANA name of the zone that local times in the logs are in. */
  readonly timezone?: string;
  readonly cpus?: number;
  readonly memTotalKb?: number;
  readonly swapTotalKb?: number;
  /** Epoch milliseconds. */
  readonly from?: number;
  readonly to?: number;
  /** What is older in its logs is not looked at, unless a person asks for it. */
  readonly logsSince?: number;
  /** Formats of access logs as the web server's configuration has them: LogFormat of Apache, log_format of nginx. */
  readonly logFormats?: readonly string[];
  /** What the sizes in all its access logs count, where the configuration tells: the body, or with headers (Apache's %O). */
  readonly replyBytes?: 'body' | 'wire';
  /**
   * It is a container or the like: the kernel's log may tell of others. `since`: when it began, epoch milliseconds; `oomKills`:
   * how many kills were its own; `synFloods`: SYN cookies sent and connections dropped for a full queue, by its own counters.
   */
  readonly group?: { readonly since?: number; readonly oomKills?: number; readonly synFloods?: number };
  /** What had to be assumed while it was recorded, in words. */
  readonly notes?: readonly string[];
  /** What could not be seen, each with the command or the right that would show it. */
  readonly unseen?: readonly Missing[];
}

/** @returns what a person can act on when it is no manifest: which key, and what is wrong with it */
export function readManifest(text: string): { manifest: Manifest } | { error: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (failure) {
    return { error: `manifest.json is no JSON: ${failure instanceof Error ? failure.message : 'unreadable'}` };
  }
  const result = manifestSchema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0];
    const key = issue?.path.map(String).join('.') ?? '';
    return { error: `manifest.json: ${key === '' ? '' : `"${key}": `}${issue?.message ?? 'not as expected'}` };
  }
  const {
    host,
    timezone,
    cpus,
    memTotalKb,
    swapTotalKb,
    from,
    to,
    logsSince,
    logFormats,
    replyBytes,
    group,
    notes,
    unseen,
  } = result.data;
  return {
    manifest: {
      ...(host == null ? {} : { host }),
      ...(timezone == null ? {} : { timezone }),
      ...(cpus == null ? {} : { cpus }),
      ...(memTotalKb == null ? {} : { memTotalKb }),
      ...(swapTotalKb == null ? {} : { swapTotalKb }),
      ...(from == null ? {} : { from: Date.parse(from) }),
      ...(to == null ? {} : { to: Date.parse(to) }),
      ...(logsSince == null ? {} : { logsSince: Date.parse(logsSince) }),
      ...(logFormats == null ? {} : { logFormats }),
      ...(replyBytes == null ? {} : { replyBytes }),
      ...(group == null
        ? {}
        : {
            group: {
              ...(group.since == null ? {} : { since: Date.parse(group.since) }),
              ...(group.oomKills == null ? {} : { oomKills: group.oomKills }),
              ...(group.synFloods == null ? {} : { synFloods: group.synFloods }),
            },
          }),
      ...(notes == null ? {} : { notes }),
      ...(unseen == null ? {} : { unseen }),
    },
  };
}

/** What `readManifest` reads. */
export function writeManifest({ from, to, logsSince, group, ...same }: Manifest): string {
  const manifest = {
    format: 'seawall-recording/1',
    ...same,
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(to !== undefined && { to: new Date(to).toISOString() }),
    ...(logsSince !== undefined && { logsSince: new Date(logsSince).toISOString() }),
    ...(group && {
      group: { ...group, ...(group.since !== undefined && { since: new Date(group.since).toISOString() }) },
    }),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
