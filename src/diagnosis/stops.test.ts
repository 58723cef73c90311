// Orderly stops: a restart is none, a stop whose start failed is one, and who did it is said where it shows.
import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../model/event.ts';
import { at, dossierOf, event, readers, requests, unit } from '../symptoms/dossier.fixture.ts';
import { findSymptoms } from '../symptoms/index.ts';
import { diagnose } from './index.ts';
import { sceneOf } from './scene.ts';
import { orderlyStops } from './stops.ts';

const stopsOf = (events: readonly LogEvent[], endS = 3600) => orderlyStops(sceneOf(dossierOf({ events, endS }), []));
const apache = (seconds: number, what: 'stopping' | 'started' | 'config-error') =>
  event(seconds, { kind: 'web', server: 'apache', what });
const sudo = (seconds: number, text: string) =>
  event(seconds, { kind: 'admin', what: 'command', user: 'eva' }, { text });

describe('an orderly stop', () => {
  it('lasts until the service is back', () => {
    expect(stopsOf([unit(0, 'stopping'), unit(1, 'stopped'), unit(300, 'started')])).toMatchObject([
      { at: at(0), role: 'database', service: 'mariadb.service', backAt: at(300), startFailed: false },
    ]);
  });

  it('may last to the end of the record', () => {
    const [stop] = stopsOf([apache(0, 'stopping')]);
    expect(stop).toMatchObject({ role: 'web', service: 'apache' });
    expect(stop?.backAt).toBeUndefined();
  });

  it('is not a restart of less than 30 s', () => {
    expect(stopsOf([unit(0, 'stopping'), unit(29, 'started')])).toEqual([]);
    expect(stopsOf([unit(0, 'stopping'), unit(30, 'started')])).toHaveLength(1);
  });

  it('is a restart whose first start failed, however soon it came back', () => {
    expect(stopsOf([apache(0, 'stopping'), apache(2, 'config-error'), apache(20, 'started')])).toMatchObject([
      { startFailed: true, backAt: at(20) },
    ]);
  });

  it('is told once, though the service manager and the log both tell of it', () => {
    const shutdown = event(1, { kind: 'database', what: 'shutdown' });
    expect(stopsOf([unit(0, 'stopping'), shutdown])).toHaveLength(1);
  });

  it('is told for each service apart', () => {
    expect(stopsOf([unit(0, 'stopping'), apache(1, 'stopping')]).map(({ role }) => role)).toEqual(['database', 'web']);
  });

  it.each([
    ['a kill', [unit(0, 'killed', { signal: 9 })]],
    ['the word "Stopped" of an automatic restart', [unit(0, 'stopped'), unit(100, 'started')]],
    ['the stop of what is no part of the site', [unit(0, 'stopping', { unit: 'cups.service', role: 'other' })]],
  ])('is not %s', (_what, events) => {
    expect(stopsOf(events)).toEqual([]);
  });

  it('names the command that stopped it, not one that has nothing to do with it', () => {
    const told = [
      sudo(-60, 'sudo: eva : COMMAND=/usr/bin/systemctl stop mariadb'),
      sudo(-30, 'sudo: eva : COMMAND=/bin/ls'),
    ];
    expect(stopsOf([...told, unit(0, 'stopping')].sort((a, b) => a.at - b.at))[0]?.by?.evidence.text).toContain(
      'systemctl stop mariadb',
    );
  });

  it('blames no command of long before', () => {
    expect(stopsOf([sudo(-200, 'COMMAND=systemctl stop mariadb'), unit(0, 'stopping')])[0]?.by).toBeUndefined();
  });
});

describe('the verdict on a stop', () => {
  const failing = (fromS: number) => requests(100, 2, { target: '/', status: 500, bytes: 2527 }, fromS);
  const verdictOf = (events: readonly LogEvent[], errorsFromS: number) => {
    const dossier = dossierOf({ events, access: [...readers(5, { untilS: 900 }), ...failing(errorsFromS)] });
    return diagnose(dossier, findSymptoms(dossier));
  };

  it('is service-stopped, with the author in the remarks and nobody to blame', () => {
    const command = sudo(295, 'sudo: eva : COMMAND=/usr/bin/systemctl stop mariadb');
    const verdict = verdictOf([command, unit(300, 'stopping')], 300);
    expect(verdict).toMatchObject({ cause: 'service-stopped', culprits: [] });
    expect(verdict.remarks.join(' ')).toMatch(/not started again.*systemctl stop mariadb/);
    expect(verdict.plans).toContainEqual(expect.objectContaining({ kind: 'start-service' }));
  });

  it('is not, where the trouble had begun before: the stop was an answer to it', () => {
    expect(verdictOf([unit(600, 'stopping'), unit(700, 'started')], 200).cause).not.toBe('service-stopped');
  });
});
