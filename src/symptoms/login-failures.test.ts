// Guessing is what nobody mistypes; and whether a guess was let in is never claimed of people who log in.
import { describe, expect, it } from 'vitest';
import { ATTACKER, event, found, readers, requests, visitor, xmlrpc } from './dossier.fixture.ts';
import { loginFailures } from './login-failures.ts';

const login = (times: number, status: number, client = ATTACKER, fromS = 0) =>
  requests(times, 5, { client, method: 'POST', target: '/wp-login.php', status, bytes: 5000 }, fromS);
const admin = (client: string, fromS: number) =>
  requests(2, 5, { client, target: '/wp-admin/users.php', status: 200 }, fromS);

describe('login-failures at the login page', () => {
  it('is ten that fail', () => {
    expect(found(loginFailures, { access: [...readers(3), ...login(10, 200)] })).toMatchObject([
      { measure: { where: 'wp-login', guesses: 10, requests: 10, sources: [ATTACKER], sourceCount: 1, succeeded: 0 } },
    ]);
    expect(found(loginFailures, { access: [...readers(3), ...login(9, 200)] })).toEqual([]);
  });

  it('is guessing from many addresses that each try a few times', () => {
    const from = (sources: number) => Array.from({ length: sources }, (_, n) => login(5, 200, visitor(n), n)).flat();
    expect(found(loginFailures, { access: from(8) })).toMatchObject([{ measure: { guesses: 40, sourceCount: 8 } }]);
    expect(found(loginFailures, { access: from(7) })).toEqual([]);
  });

  it('shows the request that let the guesser in, and what it did then', () => {
    const access = [...login(20, 200), ...login(1, 302, ATTACKER, 100), ...admin(ATTACKER, 110)];
    const [guessing] = found(loginFailures, { access });
    expect(guessing?.measure.succeeded).toBe(1);
    expect(guessing?.measure.successEvidence.map(({ text }) => text)).toEqual(['line 21', 'line 22', 'line 23']);
  });

  it.each([
    [
      'a person who mistypes, and then logs in',
      [...login(4, 200, visitor(1)), ...login(1, 302, visitor(1), 30), ...admin(visitor(1), 40)],
    ],
    [
      'people of one company behind one address, each of whom mistypes now and then',
      Array.from({ length: 15 }, (_, n) => [
        ...login(1, 200, visitor(1), n * 300),
        ...requests(1, 1, { client: visitor(1), target: '/wp-admin/css/login.css' }, n * 300 + 2),
        ...login(1, 302, visitor(1), n * 300 + 10),
      ]).flat(),
    ],
    ['logins that succeed', login(40, 302)],
    ['mails for a lost password', requests(40, 5, { method: 'POST', target: '/wp-login.php?action=lostpassword' })],
    ['visits to the form', requests(40, 5, { target: '/wp-login.php' })],
  ])('is not %s', (_what, access) => {
    expect(found(loginFailures, { access: [...readers(3), ...access] })).toEqual([]);
  });

  it('says nothing without an access log', () => {
    expect(
      found(loginFailures, { events: [event(0, { kind: 'admin', what: 'web-login-failed' }, { times: 99 })] }),
    ).toEqual([]);
  });
});

describe('login-failures through XML-RPC', () => {
  it('counts the passwords inside of multicalls', () => {
    expect(found(loginFailures, { access: xmlrpc(3, 10, 187 + 214 * 500) })).toMatchObject([
      { measure: { where: 'xmlrpc', requests: 3, guesses: 1500 } },
    ]);
  });

  it('takes an answer among nothing but faults for a password that was right', () => {
    const access = [...xmlrpc(200, 1, 403), ...xmlrpc(1, 1, 652, {}, 200)];
    expect(found(loginFailures, { access })).toMatchObject([{ measure: { guesses: 200, succeeded: 1 } }]);
  });

  it('says where it tried both doors', () => {
    expect(found(loginFailures, { access: [...xmlrpc(20, 1, 403), ...login(20, 200)] })).toMatchObject([
      { measure: { where: 'both', guesses: 40 } },
    ]);
  });

  it.each([
    ['the phone application, which works all day', xmlrpc(300, 60, 1893, { client: visitor(1) })],
    [
      'the phone application with a password that was mistyped a few times',
      [...xmlrpc(4, 5, 403, { client: visitor(1) }), ...xmlrpc(200, 60, 1893, { client: visitor(1) }, 60)],
    ],
    ['pingbacks', xmlrpc(300, 1, 370)],
    ['requests that are refused before anybody reads a password', xmlrpc(300, 1, 199, { status: 403 })],
  ])('is not %s', (_what, access) => {
    expect(found(loginFailures, { access })).toEqual([]);
  });
});
