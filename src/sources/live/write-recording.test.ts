import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleLine } from '../../formats/recording/write-sample.ts';
import { readDossier } from '../dossier.ts';
import type { Recording } from '../recording.ts';
import { anonymiser } from './anonymise.ts';
import { writeRecording } from './write-recording.ts';

const NOW = Date.UTC(2026, 10, 22, 9, 0, 0);
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'seawall-recording-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function accessLine(minute: number, client: string): string {
  const time = `22/Nov/2026:08:${String(minute).padStart(2, '0')}:00 +0000`;
  return `${client} - - [${time}] "POST /wp-login.php?token=hunter2 HTTP/1.1" 200 500 "-" "curl/8.0"`;
}

/** A host whose log has more than what is recent. */
function recorded(): Recording {
  const log = join(scratch, 'access.log');
  const old = Array.from({ length: 5 }, (_, i) => accessLine(i, '9.9.9.9'));
  const recent = Array.from({ length: 20 }, (_, i) => accessLine(35 + i, i % 2 === 0 ? '8.8.4.4' : '8.8.4.5'));
  writeFileSync(log, `${[...old, ...recent].join('\n')}\n`);
  const begin = old[0] === undefined ? 0 : old[0].length + 1;
  const text = [1, 2, 3]
    .map((second) =>
      sampleLine(NOW + second * 1000, {
        load: [2, 1, 1],
        memory: { totalKb: 1000, availableKb: 500 },
        inFlight: [{ seenBy: 'cgi', client: '8.8.4.4', method: 'POST', target: '/wp-login.php', forS: second, pid: 7 }],
        processes: [{ pid: 7, args: 'php-cgi', rssKb: 100, state: 'S' }],
      }),
    )
    .join('\n');
  return {
    manifest: { host: 'web1', timezone: 'UTC', logsSince: Date.UTC(2026, 10, 22, 8, 30), notes: ['a note'] },
    parts: [
      { name: 'samples.jsonl', content: { path: 'this host, sampled', text: `${text}\n` } },
      { name: 'logs/var/log/../access.log', content: { path: log, from: begin, bytes: 5000 } },
    ],
  };
}

describe('a recording that is written', () => {
  it('is read again as it was', async () => {
    const recording = recorded();
    const folder = join(scratch, 'same');
    const written = await writeRecording(recording, folder);
    expect(written).toMatchObject({ folder, files: 3 });
    const live = await readDossier({ paths: [], recording, now: NOW });
    const read = await readDossier({ paths: [folder], now: NOW });
    expect(read.samples.map(({ evidence: _, ...sample }) => sample)).toEqual(
      live.samples.map(({ evidence: _, ...sample }) => sample),
    );
    expect(read.traffic?.whole.total.requests).toBe(20);
    expect(live.traffic?.whole.total.requests).toBe(20);
    expect(read.host).toEqual(live.host);
    expect(read.assumptions).toContain('a note');
  });

  it('holds no secret, and lies within its folder', async () => {
    const folder = join(scratch, 'masked');
    await writeRecording(recorded(), folder);
    expect(readdirSync(folder).sort()).toEqual(['logs', 'manifest.json', 'samples.jsonl']);
    const log = readFileSync(join(folder, 'logs/var/log/access.log'), 'utf8');
    expect(log).toContain('token=*** HTTP/1.1" 200 500');
    expect(log).not.toContain('hunter2');
  });

  it('shows no address when that is asked for, and the same ones alike', async () => {
    const folder = join(scratch, 'anonymous');
    await writeRecording(recorded(), folder, { anonymiser: anonymiser(7) });
    const all = ['samples.jsonl', 'logs/var/log/access.log', 'manifest.json']
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    expect(all).not.toMatch(/8\.8\.4\.|web1/);
    const dossier = await readDossier({ paths: [folder], now: NOW });
    const [client] = dossier.samples.flatMap((sample) => sample.inFlight ?? []);
    expect([...(dossier.traffic?.sources.entries.keys() ?? [])]).toContain(client?.client);
  });

  it('overwrites nothing, and leaves nothing half done', async () => {
    const folder = join(scratch, 'there');
    mkdirSync(folder);
    await expect(writeRecording(recorded(), folder)).rejects.toThrow('is there already');
    await expect(writeRecording(recorded(), join(scratch, 'no/where'))).rejects.toThrow('make it first');
    const failing = join(scratch, 'failing');
    const extra = () => Promise.reject(new Error('interrupted'));
    await expect(writeRecording(recorded(), failing, { extra })).rejects.toThrow('interrupted');
    expect(existsSync(failing)).toBe(false);
    expect(readdirSync(scratch).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a log of an odd format', () => {
  it('is read by what the configuration of the host says', async () => {
    const lines = Array.from(
      { length: 5 },
      (_, i) => `took=7 ${i}@8.8.4.4 <22/Nov/2026:08:00:0${i} +0000> [GET / HTTP/1.1] 200`,
    );
    const part = { name: 'logs/odd.log', content: { path: '/var/log/odd.log', text: `${lines.join('\n')}\n` } };
    const logFormats = ['nonsense %', 'took=%D %l@%h <%{%d/%b/%Y:%H:%M:%S %z}t> [%r] %>s'];
    const without = await readDossier({ paths: [], recording: { manifest: {}, parts: [part] }, now: NOW });
    expect(without.traffic).toBeUndefined();
    const dossier = await readDossier({ paths: [], recording: { manifest: { logFormats }, parts: [part] }, now: NOW });
    expect([...(dossier.traffic?.sources.entries.keys() ?? [])]).toEqual(['8.8.4.4']);
  });
});
