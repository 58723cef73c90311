// Stays with a lab: writes its kernel log, as a syslog daemon would, and takes it away when its owner has gone without doing so.
// Usage: keeper.ts NAME owned|kept    When owned, standard input is a pipe from the owner: its end is the owner's end.
import { closeSync, constants, fchownSync, openSync, writeSync } from 'node:fs';
import { SERVER } from './addresses.ts';
import { followRing, reportsAbout, syslogLine } from './kernel-log.ts';
import { isAlive, readState } from './state.ts';
import { removeWorld } from './world.ts';

/** Debian's group of those who may read logs. */
const ADM = 4;
const EVERY_MS = 100;

const [name = '', mode] = process.argv.slice(2);
const state = readState(name);
const { server, street } = state?.processes ?? {};
if (!server || !street) throw new Error(`there is no lab of the name ${name}`);

// Opened before any other program runs in there, and never by name again: nobody can put a link in its place.
const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
const log = openSync(`/proc/${server.pid}/root/var/log/kern.log`, flags, 0o640);
fchownSync(log, 0, ADM);
const messages = followRing();
const ours = reportsAbout(`seawall-lab-${name}`);
const bootedAt = Date.now() - Number(process.hrtime.bigint() / 1_000_000n);

const timer = setInterval(() => {
  for (const message of messages().flatMap(ours)) writeSync(log, syslogLine(message, SERVER.hostname, bootedAt));
  if (!isAlive(street)) end();
}, EVERY_MS);

if (mode === 'owned') {
  process.stdin.on('end', async () => {
    end();
    await removeWorld(name);
  });
  process.stdin.resume();
}
process.stdout.write('ready\n');

function end(): void {
  clearInterval(timer);
  closeSync(log);
  process.stdin.destroy();
}
