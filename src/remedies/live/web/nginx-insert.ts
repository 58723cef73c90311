// Puts a line at the top of every `server` of nginx, and what it needs into `http`.
import type { NginxDirective } from '../../../config/nginx.ts';
import { serversOf } from '../../../config/nginx-sites.ts';
import type { Change, Refusal } from '../../../model/act.ts';
import type { HostReader } from '../../../model/host.ts';
import { fileChange, ownFile } from '../changes.ts';
import type { Nginx } from './server.ts';

export interface NginxLines {
  /** For the context `http`; empty where nothing is needed there. */
  readonly http: readonly string[];
  /** For each `server`, first in it. It ends with `# name`, by which it is known again. */
  readonly server: string;
}

export function insertIntoServers(
  host: HostReader,
  nginx: Nginx,
  name: string,
  lines: NginxLines,
): readonly Change[] | Refusal {
  const servers = serversOf(nginx.tree);
  if (servers.length === 0)
    return { refused: `Nothing changed: ${nginx.mainFile} has no server of its own to put it into.` };
  /** What goes behind which brace, by file. */
  const wanted = new Map<string, (readonly [brace: number, text: string])[]>();
  const want = (block: NginxDirective, text: string): void => {
    const known = wanted.get(block.file) ?? [];
    // A file may be included by several blocks.
    if (known.some(([brace]) => brace === block.brace)) return;
    wanted.set(block.file, [...known, [block.brace ?? 0, text] as const]);
  };
  for (const server of servers) want(server, `\n    ${lines.server}`);
  const changes: Change[] = [];
  if (lines.http.length > 0) {
    const http = nginx.tree.directives.find((one) => one.name === 'http');
    if (nginx.folder !== undefined) {
      const own = ownFile(host, `${nginx.folder}/${name}.conf`, lines.http);
      if (own) changes.push(own);
    } else if (http) want(http, lines.http.map((line) => `\n    ${line} # ${name}`).join(''));
  }
  for (const [file, inserts] of wanted) {
    const change = fileChange(host, file, (before) => inserted(before, name, inserts));
    if (change) changes.push(change);
  }
  return changes;
}

/** The text with each insertion behind its brace, in place of a line that we put there before. */
function inserted(before: string, name: string, inserts: readonly (readonly [brace: number, text: string])[]): string {
  let text = before;
  for (const [brace, line] of inserts.toSorted(([a], [b]) => b - a)) {
    const rest = text.slice(brace + 1).replace(ownLines(name), '');
    // A comment ends our line: what stands behind the brace goes to a line of its own.
    text = text.slice(0, brace + 1) + line + (/^[ \t]*\r?(?:\n|$)/.test(rest) ? '' : '\n') + rest;
  }
  return text;
}

/** Our lines right behind a brace. */
function ownLines(name: string): RegExp {
  return new RegExp(`^(?:\\n[^\\n]* # ${name}(?=\\n|$))+`);
}
