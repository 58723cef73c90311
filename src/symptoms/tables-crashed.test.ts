// Each damaged table is named once: that is the list for the repair.
import { describe, expect, it } from 'vitest';
import { at, event, found } from './dossier.fixture.ts';
import { tablesCrashed } from './tables-crashed.ts';

const crashed = (seconds: number, table: string) => event(seconds, { kind: 'database', what: 'table-crashed', table });

describe('tables-crashed', () => {
  it('names each table once', () => {
    const told = [crashed(0, 'wp_posts'), crashed(5, 'wp_options'), crashed(9, 'wp_posts')];
    expect(found(tablesCrashed, { events: told })).toMatchObject([
      { span: { from: at(0), to: at(9) }, measure: { tables: ['wp_posts', 'wp_options'] } },
    ]);
  });

  it('holds where the log names no table', () => {
    expect(found(tablesCrashed, { events: [event(0, { kind: 'database', what: 'table-crashed' })] })).toMatchObject([
      { measure: { tables: [] } },
    ]);
  });

  it('is not a crash recovery, which InnoDB does by itself', () => {
    expect(found(tablesCrashed, { events: [event(0, { kind: 'database', what: 'crash-recovery' })] })).toEqual([]);
  });
});
