import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { sightOf } from './sight.ts';
import { synFloodCount } from './syn-counters.ts';

const counted = (text: string): number | undefined =>
  synFloodCount(sightOf(fakeHost({ files: { '/proc/self/net/netstat': text } })));

describe('SYN floods that this host counted itself', () => {
  it('are cookies sent and connections dropped for a full queue', () => {
    const text =
      'TcpExt: SyncookiesSent SyncookiesRecv TCPReqQFullDoCookies TCPReqQFullDrop\nTcpExt: 31 4 31 2\nIpExt: InNoRoutes\nIpExt: 7\n';
    expect(counted(text)).toBe(64);
    expect(counted('TcpExt: SyncookiesSent EmbryonicRsts\nTcpExt: 0 9\n')).toBe(0);
  });

  it('are not known where the kernel does not tell', () => {
    expect(counted('IpExt: InNoRoutes\nIpExt: 7\n')).toBeUndefined();
    expect(counted('TcpExt: SyncookiesSent\n')).toBeUndefined();
    expect(synFloodCount(sightOf(fakeHost({ files: {} })))).toBeUndefined();
  });
});
