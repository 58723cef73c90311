// Make room on a full file system, by what can be spared, and never by a database's own files.
import type { Preview, Remedy } from '../model/remedy.ts';
import { safeFilePath } from './safe.ts';
import { namely } from './shell.ts';

export const freeDisk: Remedy<'free-disk'> = {
  kind: 'free-disk',

  preview(plan): Preview {
    const places = [...new Set(plan.places.flatMap((place) => safeFilePath(place) ?? []))];
    const shown = places.length > 0 ? places : ['/'];
    return {
      title: places.length > 0 ? `Make room on ${namely(places)}` : 'Make room on the file system that is full',
      commands: [
        `df -h ${shown.join(' ')}; df -i ${shown.join(' ')}`,
        '# What fills it: by size, by number of files, and files that are deleted but still open',
        ...shown.map((place) => `du -xh --max-depth=3 ${place} 2>/dev/null | sort -h | tail -n 20`),
        ...shown.map((place) => `du -x --inodes --max-depth=3 ${place} 2>/dev/null | sort -n | tail -n 10`),
        'lsof -nP +L1',
        '# What can go without harm',
        'journalctl --vacuum-size=100M',
        'apt-get clean     # RHEL: dnf clean all',
        '# A log that a program holds open: empty it, since the space of a removed one stays taken until the program ends',
        '#   truncate -s 0 FILE',
        '# Binary logs of the database by its own means: PURGE BINARY LOGS BEFORE NOW() - INTERVAL 3 DAY;',
        '# Never remove ibdata1, ib_logfile*, undo* or *.ibd. MariaDB goes on by itself when there is room.',
      ],
      undo: [],
    };
  },

  reach: () => undefined,
};
