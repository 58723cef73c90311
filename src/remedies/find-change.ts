// Find what changed before a service began to crash, and take that back: packages, extensions, settings.
import type { Preview, Remedy } from '../model/remedy.ts';
import { safeProgram } from './safe.ts';

const DAY_MS = 86_400_000;

export const findChange: Remedy<'find-change'> = {
  kind: 'find-change',

  preview(plan): Preview {
    const program = safeProgram(plan.program.replace(/\.service$/, ''));
    const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    const known = Number.isFinite(plan.before) && Math.abs(plan.before) < 8e15;
    const since = known ? `'${day(plan.before - 3 * DAY_MS)}'` : "'3 days ago'";
    return {
      title: `Find what changed before ${program ?? 'the service'} began to crash, and take it back`,
      commands: [
        '# Packages (RHEL: dnf history; dnf history undo ID)',
        "zgrep -hE ' (install|upgrade|remove) ' /var/log/dpkg.log* | sort | tail -n 40",
        '# Settings and extensions',
        `find /etc -xdev -type f -newermt ${since} -printf '%TY-%Tm-%Td %TH:%TM %p\\n' | sort`,
        '# An extension of PHP that is new: phpdismod NAME, then restart PHP',
        'php -m; php --ini',
        '# Where it fell; the developers will ask for this',
        `journalctl --since ${since} -o short-iso | grep -E 'segfault|signal|core-dump|Assertion' | tail -n 20`,
        'coredumpctl list 2>/dev/null | tail -n 5',
        '# Memory that is broken crashes one program after the other: memtester, or the provider',
      ],
      undo: [],
    };
  },

  reach: () => undefined,
};
