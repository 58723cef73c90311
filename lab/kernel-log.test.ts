import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord, reportsAbout, syslogLine } from './kernel-log.ts';

/** As Linux 6.18 wrote it, shortened. */
const report = (group: string): string[] => [
  '4,2041,12221045492,-;php8.2 invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0',
  '6,2060,12221045600,-;memory: usage 524288kB, limit 524288kB, failcnt 2181',
  `6,2095,12221050941,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${group},mems_allowed=0,oom_memcg=/${group},task_memcg=/${group},task=mariadbd,pid=25378,uid=102`,
  '3,2096,12221050992,-;Memory cgroup out of memory: Killed process 25378 (mariadbd) total-vm:8591344028kB, anon-rss:83168kB, file-rss:24016kB, shmem-rss:0kB, UID:102 pgtables:456kB oom_score_adj:0',
];

const through = (records: readonly string[], group: string): string[] => {
  const filter = reportsAbout(group);
  return records
    .map(parseRecord)
    .flatMap((message) => (message ? filter(message) : []))
    .map(({ text }) => text);
};

describe('the kernel log of a lab', () => {
  it('holds the whole reports about its own group', () => {
    const texts = through(report('seawall-lab-a'), 'seawall-lab-a');
    expect(texts).toHaveLength(4);
    expect(texts[0]).toMatch(/^php8.2 invoked oom-killer/);
  });

  it("holds nothing of another lab's, nor of the machine", () => {
    const others = [...report('seawall-lab-b'), '6,2097,12221051000,-;eth0: entered promiscuous mode'];
    expect(through(others, 'seawall-lab-a')).toEqual([]);
    expect(through([...others, ...report('seawall-lab-a')], 'seawall-lab-a')).toHaveLength(4);
    expect(through(report('seawall-lab-ab'), 'seawall-lab-a')).toEqual([]);
  });

  it('reads as rsyslog writes it', () => {
    const message = { us: 12_221_050_992, text: 'Killed process 25378 (mariadbd)' };
    expect(syslogLine(message, 'web1', Date.parse('2026-11-26T03:00:00Z'))).toBe(
      '2026-11-26T06:23:41.050992+00:00 web1 kernel: [12221.050992] Killed process 25378 (mariadbd)\n',
    );
  });

  it('takes any record', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseRecord(text)));
  });
});
