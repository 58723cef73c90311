// A change in words and commands, before it is done: exactly what will be run and written.
import type { Change } from '../../model/act.ts';
import type { Argv, FileState } from '../../model/host.ts';
import { elementLines, ruleset } from '../firewall/ruleset.ts';
import { unifiedDiff } from './diff.ts';

/** Of lines of one change: a person reads them. */
const LINES_MAX = 40;
const TARGETS_MAX = 16;

/** All of them, in the order in which they are made. */
export function describeChanges(changes: readonly Change[], now: number): string[] {
  return changes.flatMap((change) => describeChange(change, now));
}

/** Lines to print. What stands in them may come from a log or a file: it is for whoever prints to escape it. */
export function describeChange(change: Change, now: number): string[] {
  switch (change.kind) {
    case 'file':
      return capped([`${verbOf(change)} ${change.path}`, ...differences(change.before, change.after)]);
    case 'ban': {
      const left = `timeout ${Math.max(1, Math.ceil((change.until - now) / 1000))}s`;
      const named = change.targets.slice(0, TARGETS_MAX);
      const lines = ([4, 6] as const).flatMap((family) =>
        elementLines(
          'add',
          family,
          named.filter((target) => target.includes(':') === (family === 6)).map((target) => `${target} ${left}`),
        ),
      );
      const more = change.targets.length - named.length;
      return [
        'nft -f - (one transaction; iptables with ipset where there is no nft)',
        ...ruleset().map((line) => `  ${line}`),
        ...lines.map((line) => `  ${line}`),
        ...(more > 0 ? [`  and ${more} more elements`] : []),
      ];
    }
    case 'unban':
      return [`take out of the firewall: ${some(change.targets)}`];
    case 'cut':
      return [`ss -K -t dst ... (for each connection that is open from ${some(change.targets)})`];
    case 'service':
      return [
        ...(change.verb !== 'stop' && change.service.test ? [commandLine(change.service.test)] : []),
        ...(change.verb === 'restart' || change.verb === 'stop' ? [commandLine(change.service.stop)] : []),
        ...(change.hasten ?? []).map(
          ({ pid }) => `  meanwhile, end what other programs run in the session of process ${pid}`,
        ),
        ...(change.verb === 'restart' || change.verb === 'start' ? [commandLine(change.service.start)] : []),
        ...(change.verb === 'reload' ? [commandLine(change.service.reload ?? change.service.start)] : []),
      ];
    case 'end':
      return [
        ...capped(change.processes.map(({ pid, name }) => `end process ${pid} (${name}), if it is still there`)),
        ...(change.sessions ?? []).map(({ pid }) => `end what is left in the session of process ${pid}`),
      ];
    case 'copy':
      return capped([`copy to ${change.to}:`, ...change.files.map((file) => `  ${file}`)]);
    case 'run':
      return [commandLine(change.argv)];
  }
}

function verbOf({ before, after }: { before?: FileState; after?: FileState }): string {
  if (before === undefined) return 'write the new file';
  return after === undefined ? 'remove the file' : 'change the file';
}

function differences(before: FileState | undefined, after: FileState | undefined): string[] {
  return unifiedDiff(textOf(before), textOf(after)).map((line) => `  ${line}`);
}

function textOf(state: FileState | undefined): string {
  return state ? Buffer.from(state.content, 'base64').toString('utf8') : '';
}

/** For people: quoted where a shell would need it. It is never given to one. */
function commandLine(argv: Argv): string {
  return argv.map((part) => (/^[\w@%+=:,./-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`)).join(' ');
}

function some(targets: readonly string[]): string {
  const more = targets.length - TARGETS_MAX;
  return `${targets.slice(0, TARGETS_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function capped(lines: readonly string[]): string[] {
  const more = lines.length - LINES_MAX;
  return more > 0 ? [...lines.slice(0, LINES_MAX), `  and ${more} lines more`] : [...lines];
}
