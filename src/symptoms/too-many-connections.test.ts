// All connections are in use, by the complaints or by the figures.
import { describe, expect, it } from 'vitest';
import { at, events, found, samples } from './dossier.fixture.ts';
import { tooManyConnections } from './too-many-connections.ts';

const refused = { kind: 'php', level: 'warning', what: 'database-too-many', message: '(HY000/1040)' } as const;
const connected = (values: readonly number[]) =>
  samples(values, (threadsConnected) => ({ database: { alive: true, threadsConnected, maxConnections: 151 } }));

describe('too-many-connections', () => {
  it('is two refusals, with how many were open', () => {
    expect(found(tooManyConnections, { events: events(2, 5, refused), samples: connected([20, 151]) })).toMatchObject([
      { span: { from: at(0), to: at(5) }, measure: { times: 2, used: 151, limit: 151 } },
    ]);
    expect(found(tooManyConnections, { events: events(1, 5, refused) })).toEqual([]);
  });

  it('is told by the figures alone', () => {
    expect(found(tooManyConnections, { samples: connected([20, 151, 151]) })).toMatchObject([
      { span: { from: at(10), to: at(20) }, measure: { times: 2 } },
    ]);
    expect(found(tooManyConnections, { samples: connected([20, 150, 150, 151]) })).toEqual([]);
  });

  it('is not a database that is gone', () => {
    expect(found(tooManyConnections, { events: events(9, 5, { ...refused, what: 'database-unreachable' }) })).toEqual(
      [],
    );
  });
});
