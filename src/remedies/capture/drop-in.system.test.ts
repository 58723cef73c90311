// The drop-in in a real PHP: it reads what Seawall's own parsers read, leaves pages as they are, and gives no password away.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dropIn } from './drop-in.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seawall-drop-in-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PAGE = '<?php header("X-Test: 1"); echo "hello ", strlen(file_get_contents("php://input")), " ", count($_POST);';

interface Asked {
  readonly body?: string | Uint8Array;
  readonly type?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One request by CGI (RFC 3875), as a web server hands it to php-cgi. */
function ask({ body = '', type = 'text/xml', env = {} }: Asked, prepend: string | undefined): string {
  const bytes = Buffer.from(body);
  const page = join(folder, 'xmlrpc.php');
  writeFileSync(page, PAGE);
  const result = spawnSync(
    'php-cgi',
    ['-d', 'display_errors=1', ...(prepend === undefined ? [] : ['-d', `auto_prepend_file=${prepend}`])],
    {
      input: bytes,
      env: {
        PATH: '/usr/bin:/bin',
        REDIRECT_STATUS: '200',
        GATEWAY_INTERFACE: 'CGI/1.1',
        REQUEST_METHOD: 'POST',
        SCRIPT_FILENAME: page,
        REQUEST_URI: '/xmlrpc.php',
        REMOTE_ADDR: '198.51.100.7',
        CONTENT_TYPE: type,
        CONTENT_LENGTH: `${bytes.length}`,
        ...env,
      },
    },
  );
  expect(result.stderr.toString()).toBe('');
  return result.stdout.toString();
}

function install(limits: Partial<Parameters<typeof dropIn>[0]> = {}): {
  path: string;
  notes: () => string;
  tally: () => number;
} {
  const files = { record: join(folder, 'record'), tally: join(folder, 'tally') };
  writeFileSync(files.record, '');
  writeFileSync(files.tally, '');
  const path = join(folder, 'prepend.php');
  writeFileSync(
    path,
    dropIn({ until: Date.now() + 60_000, count: 50, ...limits }, [
      { record: '/nowhere/r', tally: '/nowhere/t' },
      files,
    ]),
  );
  return {
    path,
    notes: () => readFileSync(files.record, 'utf8'),
    tally: () => readFileSync(files.tally).length,
  };
}

describe('the drop-in', () => {
  it('leaves every byte of the answer as it was', () => {
    const { path, notes } = install();
    for (const asked of [
      { body: '<methodCall><methodName>demo.sayHello</methodName></methodCall>' },
      { body: 'log=admin&pwd=hunter2', type: 'application/x-www-form-urlencoded' },
      { body: '' },
      { body: '<methodCall><broken' },
      { body: '\u0000\u00ff'.repeat(3000) },
      { env: { REQUEST_METHOD: 'GET', CONTENT_LENGTH: '' } },
    ]) {
      expect(ask(asked, path)).toBe(ask(asked, undefined));
    }
    expect(notes().match(/"k":"request"/g)).toHaveLength(6);
    expect(notes().match(/"status":200/g)).toHaveLength(6);
  });

  it('does nothing after its time, nor where it can write nothing', () => {
    const late = install({ until: Date.now() - 2000 });
    ask({ body: 'x' }, late.path);
    expect(late.notes()).toBe('');
    const gone = install();
    for (const file of ['record', 'tally']) rmSync(join(folder, file));
    expect(ask({ body: 'x' }, gone.path)).toBe(ask({ body: 'x' }, undefined));
  });

  it('stops at its number of requests', () => {
    const { path, notes, tally } = install({ count: 3 });
    for (let i = 0; i < 6; i++) ask({ body: 'x' }, path);
    expect(notes().match(/"k":"request"/g)).toHaveLength(3);
    expect(tally()).toBe(3);
  });

  it('notes only what was asked for', () => {
    const path = install({ path: '/xmlrpc.php' });
    ask({ body: 'x', env: { REQUEST_URI: '/wp-login.php' } }, path.path);
    expect(path.notes()).toBe('');
    ask({ body: 'x', env: { REQUEST_URI: '/blog//xmlrpc.php?a=b' } }, path.path);
    expect(path.notes()).toContain('"path":"\\/blog\\/xmlrpc.php"');
    const from = install({ from: '2001:db8::1' });
    ask({ body: 'x' }, from.path);
    expect(from.notes()).toBe('');
    ask({ body: 'x', env: { REMOTE_ADDR: '2001:0db8:0:0::1' } }, from.path);
    ask({ body: 'x', env: { HTTP_X_FORWARDED_FOR: '2001:db8::1, 10.0.0.1' } }, from.path);
    expect(from.notes().match(/"k":"request"/g)).toHaveLength(2);
  });

  it('keeps texts that would end its own strings as texts', () => {
    const { path, notes } = install({ path: "/a\\'.phpinfo().'" });
    expect(ask({ body: 'x' }, path)).toContain('hello 1');
    expect(notes()).toBe('');
  });
});
