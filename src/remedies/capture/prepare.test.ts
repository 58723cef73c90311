import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../model/fake-host.fixture.ts';
import { type CaptureWish, prepareCapture } from './prepare.ts';

const NOW = Date.UTC(2026, 10, 26, 7, 0, 0);
const WISH: CaptureWish = {
  site: '/var/www/blog',
  limits: { until: NOW + 60_000, count: 50 },
  folder: '/var/lib/seawall-captures/20261126T070100Z-abc',
  uid: 0,
  holder: { pid: 7, startTicks: 1 },
};
const WORDPRESS = {
  '/var/www/blog/wp-load.php': '<?php',
  '/var/www/blog/wp-includes/version.php': "<?php\n$wp_version = '6.1.9';\n",
  '/var/www/blog/wp-config.php': "<?php\ndefine('DB_NAME', 'x');\n",
  '/var/www/blog/wp-content/index.php': '',
  '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n',
};
const lint = (argv: readonly string[]) => (argv.includes('-l') ? 'No syntax errors detected' : undefined);

describe('a capture of a WordPress site', () => {
  it('is a must-use plugin that is written, and its folder where there is none', async () => {
    const host = fakeHost({ files: WORDPRESS, program: lint });
    const found = await prepareCapture(WISH, host);
    if ('refused' in found) throw new Error(found.refused);
    expect(found.plan).toMatchObject({ through: 'mu-plugin', site: '/var/www/blog' });
    expect(found.wordpress?.version).toBe('6.1.9');
    const [folder, file] = found.prepared.changes;
    expect(folder).toMatchObject({
      kind: 'run',
      argv: ['mkdir', '-p', '-m', '0755', '/var/www/blog/wp-content/mu-plugins'],
    });
    expect(file).toMatchObject({
      kind: 'file',
      path: '/var/www/blog/wp-content/mu-plugins/000-seawall-capture-20261126t070100z-abc.php',
      after: { mode: 0o644 },
    });
    expect(file).not.toHaveProperty('before');
    expect(found.records.map(({ record }) => record)).toContain(`${WISH.folder}/requests-33.jsonl`);
    for (const { state } of found.files) expect(state.mode).toBe(0o600);
    expect(host.ran[0]?.stdin).toContain('Seawall capture');
  });

  it('goes where wp-config.php puts its content', async () => {
    const files = {
      ...WORDPRESS,
      '/var/www/blog/wp-config.php':
        "<?php\n// define('WP_CONTENT_DIR', '/no');\ndefine( 'WP_CONTENT_DIR', __DIR__ . '/app' );\n",
      '/var/www/blog/app/mu-plugins/other.php': '<?php',
    };
    const found = await prepareCapture(WISH, fakeHost({ files, program: lint }));
    expect(found).toMatchObject({
      prepared: { changes: [{ path: expect.stringMatching(/^\/var\/www\/blog\/app\/mu-plugins\/000-seawall/) }] },
    });
  });

  it('is refused as a plugin where its place is computed', async () => {
    const files = { ...WORDPRESS, '/var/www/blog/wp-config.php': "<?php\ndefine('WP_CONTENT_DIR', getenv('X'));\n" };
    const found = await prepareCapture({ ...WISH, through: 'mu-plugin' }, fakeHost({ files, program: lint }));
    expect(found).toHaveProperty('refused', expect.stringContaining('user-ini'));
  });

  it('is refused when PHP does not accept the drop-in', async () => {
    const host = fakeHost({ files: WORDPRESS, program: () => ({ code: 255, stdout: 'PHP Parse error: x' }) });
    expect(await prepareCapture(WISH, host)).toHaveProperty('refused', expect.stringContaining('Parse error'));
  });

  it('says when nothing could check it, and who else can be seen', async () => {
    const found = await prepareCapture({ ...WISH, uid: 1000 }, fakeHost({ files: WORDPRESS }));
    if ('refused' in found) throw new Error(found.refused);
    expect(found.prepared.notes.join(' ')).toMatch(/No php command.*Not run as root/);
    expect(found.records).toHaveLength(1);
  });
});

describe('a capture of another PHP site', () => {
  const SITE = { '/var/www/blog/index.php': '<?php' };

  it('is two more lines in .user.ini, and those that were there stay', async () => {
    const files = { ...SITE, '/var/www/blog/.user.ini': 'memory_limit = 64M' };
    const found = await prepareCapture(WISH, fakeHost({ files, program: lint }));
    if ('refused' in found) throw new Error(found.refused);
    const [change] = found.prepared.changes;
    if (change?.kind !== 'file') throw new Error('no file');
    const text = Buffer.from(change.after?.content ?? '', 'base64').toString();
    expect(text).toMatch(
      /^memory_limit = 64M\n;.*\nauto_prepend_file = "\/var\/lib\/seawall-captures\/.*prepend\.php"\n$/,
    );
    expect(found.files.at(-1)?.path).toBe(`${WISH.folder}/prepend.php`);
  });

  it.each([
    ['/var/www/blog/.user.ini', "auto_prepend_file = '/var/www/blog/wordfence-waf.php'\n"],
    ['/etc/php/8.2/fpm/pool.d/www.conf', '[www]\nphp_admin_value[auto_prepend_file] = /opt/waf.php\n'],
    ['/var/www/blog/.htaccess', 'php_value auto_prepend_file "/opt/waf.php"\n'],
  ])('is refused where %s prepends something already', async (path, text) => {
    const found = await prepareCapture(WISH, fakeHost({ files: { ...SITE, [path]: text }, program: lint }));
    expect(found).toHaveProperty('refused', expect.stringContaining(path));
  });

  it('is not refused for an empty setting', async () => {
    const files = { ...SITE, '/etc/php/8.2/fpm/php.ini': '; x\nauto_prepend_file =\n;auto_prepend_file = /x\n' };
    expect(await prepareCapture(WISH, fakeHost({ files, program: lint }))).toHaveProperty('prepared');
  });

  it('is refused where there is no folder', async () => {
    expect(await prepareCapture(WISH, fakeHost({ program: lint }))).toHaveProperty('refused');
  });
});
