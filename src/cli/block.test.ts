import { describe, expect, it } from 'vitest';
import { blockCommand, secondsOption } from './block.ts';
import { unblockCommand } from './unblock.ts';
import { undoCommand } from './undo.ts';

describe('the time of a block', () => {
  it.each([
    [undefined, 3600],
    ['90s', 90],
    ['2h', 7200],
    ['1h30m', 5400],
    ['30d', 2_592_000],
  ])('%s is %d seconds', (text, seconds) => {
    expect(secondsOption(text)).toBe(seconds);
  });

  it.each(['', '0s', '31d', '2', 'h', '-1h', '1e9s', '2h; reboot', 'forever'])('%j is refused', (text) => {
    expect(() => secondsOption(text)).toThrow(/every block expires/);
  });
});

describe('what a person gives wrongly', () => {
  it.each([
    ['no target', () => blockCommand([], {}), /whom\?/],
    [
      'no address',
      () => blockCommand(['203.0.113.7', '1.2.3.4; rm -rf /'], {}),
      /"1.2.3.4; rm -rf \/".*Nothing was changed/,
    ],
    ['a list that is not there', () => blockCommand([], { file: '/nonexistent/list' }), /cannot be read/],
    ['unblock of nothing', () => unblockCommand([], {}), /--all/],
    ['unblock of all and one', () => unblockCommand(['203.0.113.7'], { all: true }), /not both/],
    ['undo of nothing', () => undoCommand(undefined, {}), /--last/],
    ['undo of no number', () => undoCommand('x', {}), /no number of an act/],
  ])('is said: %s', async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});
