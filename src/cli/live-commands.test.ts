// How the commands that look at a live host answer what a person gave wrongly. They read no host here.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectCommand } from './collect.ts';
import { watchOption } from './common-options.ts';
import { packetsCommand } from './packets.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'seawall-live-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('collect', () => {
  it('touches nothing that is there', async () => {
    await expect(collectCommand(scratch, {})).rejects.toThrow('is there already');
  });

  it('captures no packets where addresses must not be seen', async () => {
    await expect(collectCommand(join(scratch, 'new'), { packets: true, anonymise: true })).rejects.toThrow(
      'Give one of them',
    );
  });

  it('says which time it does not understand', async () => {
    await expect(collectCommand(join(scratch, 'new'), { watch: 'soon' })).rejects.toThrow('--watch soon');
    await expect(collectCommand(join(scratch, 'new'), { since: 'soon' })).rejects.toThrow('--since soon');
  });
});

describe('traffic --packets', () => {
  it('of something that is no capture says what to give', async () => {
    const path = join(scratch, 'notes.txt');
    writeFileSync(path, 'nothing of the kind\n');
    await expect(packetsCommand([], { packets: path })).rejects.toThrow('no packets in');
    await expect(packetsCommand([path], { packets: true, watch: '5s' })).rejects.toThrow('only the wire is watched');
  });
});

describe('--watch', () => {
  it.each([
    ['10s', 10_000],
    ['2m', 120_000],
    ['7', 7000],
    [undefined, 5000],
  ])('%s is %i ms', (text, ms) => {
    expect(watchOption(text, 5000)).toBe(ms);
  });

  it.each(['0s', '2h', '-1s', '90m', 'x'])('%s is refused', (text) => {
    expect(() => watchOption(text, 5000)).toThrow('give a time such as 10s');
  });
});
