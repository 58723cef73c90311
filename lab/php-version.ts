// Which PHP this machine has: Debian's packages keep a folder for each version.
import { readdirSync } from 'node:fs';

/** The newest that is installed: "8.2". */
export function phpVersion(): string {
  const versions = readdirSync('/etc/php').filter((name) => /^\d+\.\d+$/.test(name));
  const newest = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
  if (newest === undefined) throw new Error('no PHP in /etc/php: run scripts/system-packages.sh');
  return newest;
}
