import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { cgroupMounts, cpuCount, hostLimits } from './cgroup.ts';
import { readMemory, readPressure } from './memory.ts';
import { sightOf } from './sight.ts';

const MEMINFO = `MemTotal:       24689764 kB
MemFree:        20000000 kB
MemAvailable:   23000000 kB
Cached:          1500000 kB
AnonPages:        800000 kB
SwapTotal:             0 kB
SwapFree:              0 kB
`;
const V1_MOUNTS = `35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`;
const V2_MOUNTS = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';

describe('the limits of a host', () => {
  it('are those of its group in version 1, with the pressure of the unified hierarchy beside it', () => {
    const sight = sightOf(
      fakeHost({
        files: {
          '/proc/self/cgroup': '4:memory:/web/lab\n1:cpu,cpuacct:/web\n0::/web/lab\n',
          '/proc/self/mountinfo': V1_MOUNTS,
          '/proc/self/status': 'Cpus_allowed_list:\t0-3\n',
          '/proc/meminfo': MEMINFO,
          '/sys/fs/cgroup/memory/web/lab/memory.limit_in_bytes': '9223372036854771712\n',
          '/sys/fs/cgroup/memory/web/memory.limit_in_bytes': '536870912\n',
          '/sys/fs/cgroup/memory/web/memory.usage_in_bytes': '400000000\n',
          '/sys/fs/cgroup/memory/web/memory.stat': 'total_rss 300000000\ntotal_inactive_file 50000000\n',
          '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
          '/sys/fs/cgroup/cpu,cpuacct/web/cpu.cfs_quota_us': '100000\n',
          '/sys/fs/cgroup/cpu,cpuacct/web/cpu.cfs_period_us': '100000\n',
          '/sys/fs/cgroup/unified/web/lab/memory.pressure': 'some avg10=42.50 avg60=1.00 avg300=0.00 total=1\n',
        },
      }),
    );
    const limits = hostLimits(sight, []);
    expect(limits).toMatchObject({ memoryKb: 524_288, cpus: 1, limitedAt: '/sys/fs/cgroup/memory/web' });
    expect(readMemory(sight, limits)).toMatchObject({
      totalKb: 524_288,
      availableKb: 524_288 - 341_797,
      anonKb: 292_969,
    });
    expect(readPressure(sight, limits)).toEqual({ memorySome: 42.5 });
  });

  it('are those of a container that is the top of what it sees, in version 2', () => {
    const sight = sightOf(
      fakeHost({
        files: {
          '/proc/self/cgroup': '0::/\n',
          '/proc/self/mountinfo': V2_MOUNTS,
          '/proc/meminfo': MEMINFO,
          '/sys/fs/cgroup/memory.max': '1073741824\n',
          '/sys/fs/cgroup/memory.current': '1000000000\n',
          '/sys/fs/cgroup/memory.stat': 'anon 900000000\ninactive_file 0\n',
          '/sys/fs/cgroup/memory.swap.max': '0\n',
          '/sys/fs/cgroup/cpu.max': '150000 100000\n',
        },
      }),
    );
    const limits = hostLimits(sight, []);
    expect(limits).toMatchObject({ memoryKb: 1_048_576, cpus: 1.5, swapKb: 0 });
    expect(readMemory(sight, limits)).toMatchObject({ totalKb: 1_048_576, availableKb: 72_013, swapTotalKb: 0 });
  });

  it('are none on a host without them, and those of one service alone are not those of the host', () => {
    const sight = sightOf(
      fakeHost({
        files: {
          '/proc/self/cgroup': '0::/user.slice\n',
          '/proc/7/cgroup': '0::/system.slice/apache2.service\n',
          '/proc/8/cgroup': '0::/system.slice/mariadb.service\n',
          '/proc/self/mountinfo': V2_MOUNTS,
          '/proc/meminfo': MEMINFO,
          '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
          '/sys/fs/cgroup/system.slice/apache2.service/memory.max': '1073741824\n',
          '/sys/fs/cgroup/system.slice/mariadb.service/memory.max': 'max\n',
        },
      }),
    );
    const limits = hostLimits(sight, [7, 8]);
    expect(limits.memoryKb).toBeUndefined();
    expect(readMemory(sight, limits)?.totalKb).toBe(24_689_764);
  });

  it.each([
    ['0-3,8', 5],
    ['2', 1],
    ['', undefined],
    ['0-x', undefined],
  ])('count the processors of %j', (list, count) => {
    expect(cpuCount(list)).toBe(count);
  });

  it('are read from any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (text) => void [cgroupMounts(text), cpuCount(text)]));
  });
});
