import { describe, expect, it } from 'vitest';
import { trafficQuery } from './traffic-filter.ts';

describe('filters', () => {
  it('are read into what the engine asks', () => {
    expect(
      trafficQuery({
        source: ['203.0.113.7', '2001:DB8:0::/48'],
        network: ['198.51.100.9', '192.0.2.0/25'],
        path: ['/wp-login.php', '*/feed/'],
        status: ['404,5xx', '500-503'],
        agent: ['python', '-'],
        method: ['post', 'GET,HEAD'],
        host: ['*.example.org'],
      }),
    ).toEqual({
      filter: {
        sources: ['203.0.113.7', '2001:db8::/48', '198.51.100.0/24', '192.0.2.0/25'],
        paths: ['/wp-login.php', '*/feed/'],
        statuses: [
          { from: 404, to: 404 },
          { from: 500, to: 599 },
          { from: 500, to: 503 },
        ],
        agents: ['python', ''],
        methods: ['POST', 'GET', 'HEAD'],
        hosts: ['*.example.org'],
      },
    });
    expect(trafficQuery({})).toEqual({});
  });

  it.each([
    [{ source: ['203.0.113'] }, '--source 203.0.113: no address or network'],
    [{ source: ['203.0.113.0/33'] }, '--source 203.0.113.0/33: no address'],
    [{ network: ['example.org'] }, '--network example.org: no network'],
    [{ path: ['wp-login.php'] }, '--path wp-login.php: a path begins with / or *'],
    [{ path: ['/?p=1'] }, '--path /?p=1: a path is compared without its query'],
    [{ status: ['404,6xx'] }, '--status 6xx: no status. Give 404, 5xx or 500-503'],
    [{ status: ['503-500'] }, '--status 503-500: no status'],
    [{ status: [''] }, '--status : no status'],
    [{ method: ['GET /'] }, '--method GET /: no method'],
    [{ host: ['http://example.org/'] }, '--host http://example.org/: no host name'],
    [{ by: 'country' }, '--by country: "country" is nothing to count by. Give one or two of source, network'],
    [{ by: 'source,' }, '--by source,: "" is nothing'],
    [{ by: 'source,source' }, '--by source,source: give one or two different ones'],
    [{ by: 'source,path,agent' }, '--by source,path,agent: give one or two'],
  ])('say what is wrong with %j', (options, message) => {
    expect(() => trafficQuery(options)).toThrow(
      expect.objectContaining({ name: 'OptionError', message: expect.stringContaining(message) }),
    );
  });
});

it('--by takes one thing or two', () => {
  expect(trafficQuery({ by: 'endpoint' })).toEqual({ by: ['endpoint'] });
  expect(trafficQuery({ by: 'agent, source' })).toEqual({ by: ['agent', 'source'] });
});
