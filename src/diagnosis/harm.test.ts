// What counts as trouble: a disk that nothing of the site stands on may be full for years, and hides no attack.
import { describe, expect, it } from 'vitest';
import type { Dossier } from '../model/dossier.ts';
import type { Sample } from '../model/sample.ts';
import { dossierOf, event, readers, samples, xmlrpc } from '../symptoms/dossier.fixture.ts';
import { findSymptoms } from '../symptoms/index.ts';
import { diagnose } from './index.ts';

const GB = 1024 * 1024;
const full = (mount: string): Sample[] =>
  samples(
    Array.from({ length: 30 }, (_, i) => i),
    () => ({ disks: [{ mount, device: '/dev/vdb1', sizeKb: 20 * GB, availableKb: 0 }] }),
    60,
  );
const verdictOf = (dossier: Dossier) => diagnose(dossier, findSymptoms(dossier));

describe.each(['/boot', '/backup'])('a full %s', (mount) => {
  it('alone is nothing that a visitor suffers from', () => {
    expect(verdictOf(dossierOf({ samples: full(mount) })).cause).toBe('none');
  });

  it('hides no attack that came later', () => {
    const access = [...readers(8, { untilS: 1740 }), ...xmlrpc(120, 1, 370, {}, 1200)];
    expect(verdictOf(dossierOf({ samples: full(mount), access })).cause).toBe('pingback-abuse');
  });
});

it('is said all the same, in the remarks of a verdict that it has nothing to do with', () => {
  const access = [...readers(8, { untilS: 1740 }), ...xmlrpc(120, 1, 370, {}, 1200)];
  expect(verdictOf(dossierOf({ samples: full('/backup'), access })).remarks.join(' ')).toContain(
    'Also seen, and not explained by this: disk full.',
  );
});

it('is not a kernel that finds no room in /boot', () => {
  const program = { kind: 'disk-full', program: 'dpkg', path: '/boot/initrd.img-6.1.0-18-amd64.new' } as const;
  expect(verdictOf(dossierOf({ events: [event(0, program)] })).cause).toBe('none');
  expect(verdictOf(dossierOf({ events: [event(0, { ...program, path: '/etc/passwd-' })] })).cause).toBe('disk-full');
});

describe('a full /var', () => {
  it('is a cause by itself, whether or not a visitor noticed', () => {
    expect(verdictOf(dossierOf({ samples: full('/var') })).cause).toBe('disk-full');
  });
});
