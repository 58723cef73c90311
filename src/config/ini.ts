// Files of sections and settings, as MariaDB's, PHP's and PHP-FPM's are: `[section]`, `name = value`, comments, includes.

export interface Setting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** `#` and `;` begin comments; quotes around a value are taken off. A line that is no setting is passed over. */
export function parseIni(text: string): Setting[] {
  const settings: Setting[] = [];
  let section = '';
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const header = /^\[([^\]]{1,200})\]/.exec(trimmed);
    if (header) {
      section = (header[1] ?? '').trim();
      continue;
    }
    const equals = trimmed.indexOf('=');
    const name = (equals < 0 ? trimmed : trimmed.slice(0, equals)).trim();
    settings.push({ section, name, value: equals < 0 ? '' : plainValue(trimmed.slice(equals + 1)) });
  }
  return settings;
}

function plainValue(text: string): string {
  const trimmed = text.trim();
  const quoted = /^(["'])(.*?)\1/.exec(trimmed);
  if (quoted) return quoted[2] ?? '';
  return trimmed.replace(/\s+[#;].*$/, '');
}

/** "128M", "1G", "65536": bytes, or with a suffix of powers of 1024, in kB. */
export function sizeKb(value: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d{1,15})([KMGT]?)B?$/i.exec(value?.trim() ?? '') ?? [];
  return digits === undefined
    ? undefined
    : Math.round((Number(digits) * 1024 ** ' KMGT'.indexOf(unit?.toUpperCase() || ' ')) / 1024);
}
