import { expect, it } from 'vitest';
import { findHierarchies } from './cgroups.ts';

it('finds the controllers of version 1, also where two share a mount', () => {
  const mountinfo = [
    '25 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '31 28 0:27 / /sys/fs/cgroup/cpu,cpuset rw,relatime shared:8 - cgroup cgroup rw,cpu,cpuset',
    '32 28 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
    '37 28 0:33 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
    '',
  ].join('\n');
  expect(findHierarchies(mountinfo)).toEqual({
    memory: '/sys/fs/cgroup/memory',
    cpuset: '/sys/fs/cgroup/cpu,cpuset',
    unified: '/sys/fs/cgroup/unified',
  });
});

it('finds the one hierarchy of version 2', () => {
  const mountinfo =
    '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot';
  expect(findHierarchies(mountinfo)).toEqual({ unified: '/sys/fs/cgroup' });
});
