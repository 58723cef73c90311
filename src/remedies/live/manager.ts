// How services are started and stopped on this host: a systemd unit, an init script, or the program's own command.
import type { Service } from '../../model/act.ts';
import type { Argv, HostReader } from '../../model/host.ts';

export type Manager =
  | { readonly by: 'systemd'; readonly unit: string }
  | { readonly by: 'init'; readonly script: string }
  | { readonly by: 'command' };

/** Whether systemd runs this host (sd_booted(3)); its programs are installed in many containers that it doesn't run. */
function systemdRuns(host: HostReader): boolean {
  return host.list('/run/systemd/system') !== undefined;
}

/** The first of these names that the host knows as a service. A name with a version, as `php8.2-fpm`, is given in full. */
export async function managerOf(host: HostReader, names: readonly string[]): Promise<Manager> {
  if (systemdRuns(host)) {
    for (const name of names) {
      const unit = `${name}.service`;
      const shown = await host.run(['systemctl', 'show', '--property=LoadState,Id', unit]);
      if (/^LoadState=loaded$/m.test(shown.stdout)) return { by: 'systemd', unit: idOf(shown.stdout) ?? unit };
    }
    return { by: 'command' };
  }
  const scripts = host.list('/etc/init.d') ?? [];
  const script = names.find((name) => scripts.includes(name));
  return script === undefined ? { by: 'command' } : { by: 'init', script: `/etc/init.d/${script}` };
}

/** mysql.service may be another name of mariadb.service. */
function idOf(shown: string): string | undefined {
  const id = /^Id=([A-Za-z0-9@:_.-]+\.service)$/m.exec(shown)?.[1];
  return id;
}

export interface OwnCommands {
  readonly start: Argv;
  readonly stop: Argv;
  readonly reload?: Argv;
}

type Verbs = Pick<Service, 'start' | 'stop' | 'reload'>;

/** `own`: what to do where neither systemd nor an init script knows the service. `reload` only where the service has one. */
export function verbsOf(manager: Manager, own: OwnCommands): Verbs {
  if (manager.by === 'command') return own;
  const verb = (name: string): Argv =>
    manager.by === 'systemd' ? ['systemctl', name, manager.unit] : [manager.script, name];
  return { start: verb('start'), stop: verb('stop'), ...(own.reload && { reload: verb('reload') }) };
}
