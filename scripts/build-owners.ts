// Writes dist/data/owners.bin, the owners of networks, from the tables of two packages: a step of `npm run build`.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encodeOwners } from '../src/sources/owners-encode.ts';

// The licence (CC BY 4.0) asks for these names, and to say that the data was changed. See docs/data-sources.md.
const ATTRIBUTION =
  'IP Geolocation by DB-IP (https://db-ip.com), Route Views (https://www.routeviews.org) and the Number Resource ' +
  'Organization (https://www.nro.net), joined by ip-location-db; licence CC BY 4.0; merged and shortened by Seawall.';

const { resolve } = createRequire(import.meta.url);
const owners = dirname(resolve('@ip-location-db/asn/package.json'));
const countries = dirname(resolve('@ip-location-db/asn-country/package.json'));
const table = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');

const file = encodeOwners({
  owners: { ipv4: table(owners, 'asn-ipv4-num.csv'), ipv6: table(owners, 'asn-ipv6-num.csv') },
  countries: { ipv4: table(countries, 'asn-country-ipv4-num.csv'), ipv6: table(countries, 'asn-country-ipv6-num.csv') },
  from: { date: dateOf(table(owners, 'package.json')), attribution: ATTRIBUTION },
});
const target = join(import.meta.dirname, '../dist/data/owners.bin');
mkdirSync(dirname(target), { recursive: true });
// Written aside and moved, so that a build that is cut short leaves no half file.
writeFileSync(`${target}.new`, file);
renameSync(`${target}.new`, target);

/** The version of the package ends in the date and hour of its data: 2.3.2026061719. */
function dateOf(manifest: string): string {
  const [, year, month, day] = /"version":\s*"\d+\.\d+\.(\d{4})(\d\d)(\d\d)\d*"/.exec(manifest) ?? [];
  if (!year)
    throw new Error('@ip-location-db/asn: the version in its package.json does not tell the date of its data.');
  return `${year}-${month}-${day}`;
}
