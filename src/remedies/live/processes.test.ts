// What must hold before anything is ended: that it belongs to the service, by descent and session, never by name alone.
import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { familyOf, type LiveProcess, lineOf, mainProcess, processOf, strandedCgi } from './processes.ts';

const one = (pid: number, ppid: number, session: number, name = 'php-cgi', uid = 33): LiveProcess => ({
  pid,
  ppid,
  session,
  name,
  uid,
  startTicks: 1000 + pid,
});

describe('a process', () => {
  const status = 'Name:\tx\nUid:\t33\t34\t33\t33\nNSpid:\t42\n';
  const stat = `42 (a) b (c)) S 1 42 40 ${'0 '.repeat(15)}777 0 0`;

  it('is read whatever its name', () => {
    expect(processOf(42, stat, status)).toEqual({
      pid: 42,
      startTicks: 777,
      name: 'a) b (c)',
      ppid: 1,
      session: 40,
      uid: 34,
    });
  });

  it('of a container, or one that has ended, is none of this host', () => {
    expect(processOf(42, stat, status.replace('NSpid:\t42', 'NSpid:\t42\t1'))).toBeUndefined();
    expect(processOf(42, stat.replace(') S', ') Z'), status)).toBeUndefined();
    expect(processOf(42, 'nonsense', status)).toBeUndefined();
  });
});

describe('the family of a service', () => {
  const main = one(50, 1, 50, 'apache2', 0);
  const all = [
    one(1, 0, 1, 'init', 0),
    main,
    one(51, 50, 50, 'apache2'),
    one(60, 51, 50),
    // Left behind by a parent that is gone, but still in the session.
    one(61, 1, 50),
    // Somebody else's, of the same name and user.
    one(70, 1, 70),
    one(71, 70, 70),
  ];

  it('is what descends from it, and what is left in its session', () => {
    expect(
      familyOf(main, all)
        .map(({ pid }) => pid)
        .toSorted(),
    ).toEqual([51, 60, 61]);
  });

  it('is by descent alone where it leads no session: others may share it', () => {
    const foreground = { ...main, session: 70 };
    expect(familyOf(foreground, [...all, foreground]).map(({ pid }) => pid)).toEqual([51, 60]);
  });

  it('knows what we run under', () => {
    expect([...lineOf(60, all)]).toEqual([60, 51, 50, 1]);
  });
});

describe('the main process', () => {
  const all = [one(50, 1, 50, 'apache2'), one(51, 50, 50, 'apache2'), one(80, 1, 80, 'apache2')];

  it('is the one of the pid file, when it is of that name', () => {
    expect(mainProcess(fakeHost({ files: { '/run/a.pid': '80\n' } }), ['apache2'], '/run/a.pid', all)?.pid).toBe(80);
  });

  it('is nobody where two could be meant', () => {
    expect(mainProcess(fakeHost({ files: { '/run/a.pid': '9\n' } }), ['apache2'], '/run/a.pid', all)).toBeUndefined();
    expect(mainProcess(fakeHost(), ['apache2'], undefined, all.slice(0, 2))?.pid).toBe(50);
  });
});

describe('a stranded CGI process', () => {
  const cgi = 'GATEWAY_INTERFACE=CGI/1.1\0REMOTE_ADDR=203.0.113.66\0SCRIPT_NAME=/cgi-bin/php\0';
  const files = {
    '/proc/61/environ': cgi,
    '/proc/62/environ': 'PHP_FCGI_CHILDREN=4\0',
    '/proc/63/environ': cgi,
    '/proc/64/environ': cgi,
  };

  it('has the environment of one, and neither parent nor leader', () => {
    const all = [one(61, 1, 50), one(62, 1, 50), one(63, 70, 70), one(70, 1, 70, 'other'), one(64, 1, 70)];
    expect(strandedCgi(fakeHost({ files }), all).map(({ pid }) => pid)).toEqual([61]);
  });
});
