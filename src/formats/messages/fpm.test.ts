import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFpmMessage } from './fpm.ts';

describe('what PHP-FPM says', () => {
  it.each([
    ['[22-Nov-2026 12:07:08] NOTICE: ready to handle connections', { what: 'started' }],
    [
      '[22-Nov-2026 12:07:11] WARNING: [pool www] server reached pm.max_children setting (2), consider raising it',
      { what: 'max-children-reached', pool: 'www', limit: 2 },
    ],
    [
      'WARNING: [pool www] server reached max_children setting (5), consider raising it',
      { what: 'max-children-reached', limit: 5 },
    ],
    [
      '[pool www] seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers), spawning 8 children, there are 0 idle, and 12 total children',
      { what: 'busy', pool: 'www' },
    ],
    [
      '[22-Nov-2026 12:07:10] WARNING: [pool www] child 23024, script \'/var/www/s.php\' (request: "GET ?x=4") executing too slow (1.135234 sec), logging',
      { what: 'slow-request', script: '/var/www/s.php', seconds: 1.135234 },
    ],
    [
      '[22-Nov-2026 12:07:12] WARNING: [pool www] child 23024, script \'/var/www/s.php\' (request: "GET ?x=4") execution timed out (3.136032 sec), terminating',
      { what: 'terminated', seconds: 3.136032 },
    ],
    [
      '[22-Nov-2026 12:07:09] WARNING: [pool www] child 22946 exited on signal 11 (SIGSEGV) after 1.520552 seconds from start',
      { what: 'child-signal', signal: 11 },
    ],
    [
      "[22-Nov-2026 12:07:09] ERROR: unable to bind listening socket for address '127.0.0.1:3996': Address already in use (98)",
      { what: 'config-error' },
    ],
    ['[22-Nov-2026 12:07:09] ERROR: FPM initialization failed', { what: 'config-error' }],
    ['[22-Nov-2026 12:07:09] ERROR: fork() failed: Cannot allocate memory (12)', { what: 'cannot-fork' }],
    ['[22-Nov-2026 12:07:17] NOTICE: Terminating ...', { what: 'stopping' }],
  ])('%s', (line, expected) => {
    expect(readFpmMessage(line)).toMatchObject({ kind: 'fpm', ...expected });
  });

  it.each([
    '[22-Nov-2026 12:07:12] WARNING: [pool www] child 23024 exited on signal 15 (SIGTERM) after 3.149260 seconds from start',
    '[22-Nov-2026 12:07:17] NOTICE: exiting, bye-bye!',
    '[22-Nov-2026 12:07:09] NOTICE: [pool www] child 23024 started',
  ])('is no event: %s', (line) => {
    expect(readFpmMessage(line)).toBeUndefined();
  });

  it("reads what a worker said as PHP's words", () => {
    const line =
      '[22-Nov-2026 12:08:17] WARNING: [pool www] child 23801 said into stderr: "NOTICE: PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /var/www/e.php:1"';
    expect(readFpmMessage(line)).toMatchObject({
      kind: 'php',
      level: 'fatal',
      what: 'uncaught',
      file: '/var/www/e.php',
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void readFpmMessage(`[pool www] ${text}`)),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => void readFpmMessage(text)));
  });
});
