// Runs inside the server: writes the files that it reads as JSON from standard input, each {path, content, mode?}.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface File {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

for (const { path, content, mode } of JSON.parse(readFileSync(0, 'utf8')) as File[]) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, mode ?? 0o644);
}
