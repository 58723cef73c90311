// What visitors got, beyond the errors that a host always has.
import { describe, expect, it } from 'vitest';
import { ATTACKER, at, events, found, readers, requests, sample, samples, visitor } from './dossier.fixture.ts';
import { siteError } from './site-error.ts';

const failing = (times: number, everyS: number, fromS: number, status = 500, bytes = 2527) =>
  requests(times, everyS, (i) => ({ client: visitor(i % 20), target: `/article-${i}/`, status, bytes }), fromS);

describe('site-error in the access log', () => {
  it('says how many, how many visitors, and that it is the page of the database error', () => {
    const access = [...readers(10, { untilS: 1800 }), ...failing(60, 1, 900), ...failing(10, 1, 900, 504, 287)];
    const [error] = found(siteError, { access });
    expect(error?.measure).toMatchObject({
      errors: 70,
      visitors: 20,
      databasePages: 60,
      seenBy: 'access-log',
      statuses: { '500': 60, '504': 10 },
    });
    expect(error?.span).toEqual({ from: at(900), to: at(959) });
  });

  it('takes no small page of the web server for that of the database', () => {
    const [error] = found(siteError, { access: [...readers(10), ...failing(60, 1, 300, 500, 571)] });
    expect(error?.measure).toMatchObject({ errors: 60, databasePages: 0 });
  });

  it('is three, where they are a fifth of what was asked for', () => {
    expect(found(siteError, { access: failing(3, 1, 0) })).toHaveLength(1);
    expect(found(siteError, { access: failing(2, 1, 0) })).toEqual([]);
  });

  it('looks past the flood at those who came to read', () => {
    // The attacker's thousand answers would make ten failures of visitors one percent.
    const flood = requests(1000, 0.3, { client: ATTACKER, method: 'POST', target: '/xmlrpc.php' }, 200);
    const [error] = found(siteError, { access: [...flood, ...readers(5, { untilS: 200 }), ...failing(10, 20, 250)] });
    expect(error?.measure.errors).toBe(10);
  });

  it.each([
    ['a page that fails now and then', [...readers(10, { untilS: 7200 }), ...failing(12, 600, 30)]],
    ['what is not there, or refused', failing(200, 1, 0, 404)],
    ['clients that give up', failing(200, 1, 0, 499)],
  ])('is not %s', (_what, access) => {
    expect(found(siteError, { access })).toEqual([]);
  });
});

describe('site-error by the probe', () => {
  const probe = (status: number, body = '') => ({ probe: { url: 'http://www.example.org/', ms: 300, status, body } });

  it('is two failures, or the error page under status 200', () => {
    expect(found(siteError, { samples: samples([200, 500, 500], (status) => probe(status)) })).toMatchObject([
      {
        span: { from: at(10), to: at(20) },
        measure: { errors: 2, requests: 3, seenBy: 'probe', statuses: { '500': 2 } },
      },
    ]);
    const page = '<h1>Error establishing a database connection</h1>';
    expect(found(siteError, { samples: samples([1, 2], () => probe(200, page)) })).toMatchObject([
      { measure: { databasePages: 2 } },
    ]);
  });

  it('is not one failure, nor an answer that did not come', () => {
    expect(found(siteError, { samples: [sample(0, probe(500)), sample(10, probe(200))] })).toEqual([]);
    expect(found(siteError, { samples: samples([1, 2, 3], () => ({ probe: { url: 'x', ms: 10_000 } })) })).toEqual([]);
  });
});

describe('site-error by the error log', () => {
  const refused = { kind: 'web', server: 'nginx', what: 'upstream-refused' } as const;

  it('is inferred where there is no access log to say it', () => {
    expect(found(siteError, { events: events(3, 5, refused) })).toMatchObject([
      { certainty: 'inferred', measure: { seenBy: 'error-log', errors: 3 } },
    ]);
    expect(found(siteError, { events: events(2, 5, refused) })).toEqual([]);
    expect(found(siteError, { events: events(30, 5, refused), access: readers(5) })).toEqual([]);
  });

  it('is not warnings, nor files that are not there', () => {
    const warned = { kind: 'php', level: 'warning', what: 'other', message: 'Undefined index' } as const;
    const missing = { kind: 'web', server: 'apache', what: 'not-found' } as const;
    expect(found(siteError, { events: [...events(90, 1, warned), ...events(90, 1, missing)] })).toEqual([]);
  });
});
