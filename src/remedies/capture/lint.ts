// Has PHP itself check the syntax of what will be put into a site (`php -l`), before it is.
import type { Refusal } from '../../model/act.ts';
import type { HostReader } from '../../model/host.ts';

const FOLDERS = ['/usr/bin', '/usr/local/bin'];

/** Notes say when there is no PHP that could be asked. */
export async function checkedSyntax(
  code: string,
  host: HostReader,
): Promise<Refusal | { readonly notes: readonly string[] }> {
  for (const program of candidates(host)) {
    const result = await host.run([program, '-n', '-d', 'display_errors=1', '-l'], { stdin: code, timeoutMs: 10_000 });
    if (result.failure === 'missing') continue;
    if (result.code === 0) return { notes: [] };
    const said = `${result.stdout}\n${result.stderr}`.trim().split('\n')[0] ?? '';
    return {
      refused: `${program} -l does not accept the drop-in (${said.slice(0, 300)}). Nothing was changed; please report this.`,
    };
  }
  return {
    notes: ['No php command was found to check the syntax of the drop-in with; it is written for PHP 5.6 and newer.'],
  };
}

/** Command-line PHPs: php, then php8.2 and the like. */
function candidates(host: HostReader): string[] {
  const versions = FOLDERS.flatMap((folder) =>
    (host.list(folder) ?? []).filter((name) => /^php\d(?:\.?\d)?$/.test(name)).map((name) => `${folder}/${name}`),
  );
  return ['php', ...versions.reverse()].slice(0, 5);
}
