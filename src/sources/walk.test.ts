import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from './scratch.fixture.ts';
import { findFiles, PathError, reasonOf } from './walk.ts';

const { folder, write } = scratch();
const inFolder = (name: string): string => join(folder, name);

describe('a folder', () => {
  it('is searched to its depths, in the order of names', () => {
    write('tree/b.log', 'b');
    write('tree/a/deep/er/x.log.1', 'x');
    write('tree/a/deep/er/x.log', 'x');
    const { files, passedOver } = findFiles([inFolder('tree')]);
    expect(files.map(({ path }) => path)).toEqual(
      ['a/deep/er/x.log', 'a/deep/er/x.log.1', 'b.log'].map((name) => inFolder(`tree/${name}`)),
    );
    expect(files.map(({ bytes }) => bytes)).toEqual([1, 1, 1]);
    expect(passedOver).toEqual([]);
  });

  it('may hold pipes, sockets, devices and links to nowhere: none is opened, each is listed', async () => {
    mkdirSync(inFolder('odd'));
    execFileSync('mkfifo', [inFolder('odd/fifo')]);
    symlinkSync('/nowhere/at/all', inFolder('odd/dangling'));
    symlinkSync('/dev/zero', inFolder('odd/zero'));
    symlinkSync('loop-b', inFolder('odd/loop-a'));
    symlinkSync('loop-a', inFolder('odd/loop-b'));
    const server = createServer().listen(inFolder('odd/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    write('odd/real.log', 'x');
    const { files, passedOver } = findFiles([inFolder('odd')]);
    server.close();
    expect(files.map(({ path }) => path)).toEqual([inFolder('odd/real.log')]);
    expect(passedOver.map(({ path, reason }) => [path.slice(folder.length + 5), reason])).toEqual([
      ['dangling', 'a link that leads nowhere'],
      ['fifo', 'a FIFO, not a file'],
      ['loop-a', 'a link that leads nowhere'],
      ['loop-b', 'a link that leads nowhere'],
      ['socket', 'a socket, not a file'],
      ['zero', 'a device, not a file'],
    ]);
  });

  it('that links to itself or above ends, and each file is read once', () => {
    write('round/sub/a.log', 'a');
    symlinkSync('..', inFolder('round/sub/up'));
    symlinkSync('.', inFolder('round/self'));
    symlinkSync('sub/a.log', inFolder('round/again.log'));
    linkSync(inFolder('round/sub/a.log'), inFolder('round/hard.log'));
    expect(findFiles([inFolder('round'), inFolder('round')]).files).toHaveLength(1);
  });

  it('that is too deep is said to be', () => {
    const deep = Array.from({ length: 30 }, () => 'd').join('/');
    write(`pit/${deep}/x.log`, 'x');
    const { files, passedOver } = findFiles([inFolder('pit')]);
    expect(files).toEqual([]);
    expect(passedOver.map(({ reason }) => reason)).toEqual(['deeper than 24 folders']);
  });

  it('of more than 10,000 files is read up to there, and it is said once', () => {
    mkdirSync(inFolder('many'));
    execFileSync('sh', ['-c', 'seq 1 10005 | xargs touch'], { cwd: inFolder('many') });
    const { files, passedOver } = findFiles([inFolder('many')]);
    expect(files).toHaveLength(10_000);
    expect(passedOver).toEqual([{ path: '…', reason: 'more than 10000 files: the rest was not read' }]);
  });
});

describe('what was named', () => {
  it('must be there', () => {
    expect(() => findFiles([inFolder('missing.log')])).toThrow(PathError);
    expect(() => findFiles([inFolder('missing.log')])).toThrow(/missing\.log: no such file or folder/);
    write('plain', 'x');
    expect(() => findFiles([inFolder('plain/below')])).toThrow(/a part of the path is no folder/);
    expect(() => findFiles([inFolder('n'.repeat(300))])).toThrow(/the name is too long/);
  });

  it('may be a pipe, as the shell names one for <(command)', () => {
    execFileSync('mkfifo', [inFolder('named-fifo')]);
    expect(findFiles([inFolder('named-fifo')]).files).toHaveLength(1);
    expect(findFiles(['/dev/null']).passedOver).toEqual([{ path: '/dev/null', reason: 'a device, not a file' }]);
  });
});

describe('without permission', () => {
  // Root may read everything: a child of another user looks.
  const asNobody = (paths: readonly string[]): unknown => {
    const program = `
      import { findFiles } from ${JSON.stringify(join(import.meta.dirname, 'walk.ts'))};
      let told;
      process.setgroups([]); process.setgid(65534); process.setuid(65534);
      try { told = findFiles(${JSON.stringify(paths)}); } catch (error) { told = { error: error.message }; }
      console.log(JSON.stringify(told));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      encoding: 'utf8',
    });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  };

  it.runIf(process.getuid?.() === 0)('a folder within is listed, a folder that was named is an error', () => {
    chmodSync(folder, 0o755);
    write('guarded/open.log', 'x');
    write('guarded/private/secret.log', 'x');
    chmodSync(inFolder('guarded/private'), 0o700);
    expect(asNobody([inFolder('guarded')])).toEqual({
      files: [{ path: inFolder('guarded/open.log'), bytes: 1 }],
      passedOver: [
        {
          path: inFolder('guarded/private'),
          reason: `${inFolder('guarded/private')}: no permission to read it (try sudo)`,
        },
      ],
    });
    expect(asNobody([inFolder('guarded/private')])).toEqual({
      error: `${inFolder('guarded/private')}: no permission to read it (try sudo)`,
    });
  });

  it('says in words what went wrong', () => {
    const failed = (code: string): Error => Object.assign(new Error('x'), { code });
    expect(reasonOf(failed('EACCES'), 'f')).toBe('f: no permission to read it (try sudo)');
    expect(reasonOf(failed('EPERM'), 'f')).toBe('f: no permission to read it (try sudo)');
    expect(reasonOf(failed('ELOOP'), 'f')).toBe('f: a loop of symbolic links');
    expect(reasonOf(failed('EIO'), 'f')).toBe('f: cannot be read (EIO)');
    expect(reasonOf('odd', 'f')).toBe('f: cannot be read');
  });
});
