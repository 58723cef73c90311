// The sites that nginx's configuration names.
import type { NginxDirective, NginxTree } from './nginx.ts';
import { type Door, doorOf, doorsByPort, rootOf, type Site } from './site.ts';

/** The `server` blocks of `http`, not those of `stream` or `mail`. */
export function serversOf(tree: NginxTree): readonly NginxDirective[] {
  return inHttp(tree).filter(({ name, inner }) => name === 'server' && inner !== undefined);
}

export function nginxSites(tree: NginxTree): Site[] {
  const general = lastOf(inHttp(tree), 'root');
  return serversOf(tree).flatMap(({ inner = [] }) => {
    // `_` is the customary name of none; a pattern can't be asked for.
    const name = inner
      .filter((one) => one.name === 'server_name')
      .flatMap(({ args }) => args)
      .find((one) => /^[A-Za-z0-9][\w.-]*$/.test(one));
    const root = lastOf(inner, 'root') ?? general;
    const ssl = lastOf(inner, 'ssl') === 'on';
    return doorsByPort(listensOf(inner)).map(({ port, tls, address }) => ({
      name: name ?? '',
      port,
      tls: tls || ssl,
      ...(address !== undefined && { address }),
      ...(root !== undefined && { root: rootOf(root) }),
    }));
  });
}

function inHttp({ directives }: NginxTree): readonly NginxDirective[] {
  return directives.filter(({ name }) => name === 'http').flatMap(({ inner = [] }) => inner);
}

function lastOf(directives: readonly NginxDirective[], name: string): string | undefined {
  return directives.findLast((one) => one.name === name)?.args[0];
}

/** A unix socket can't be asked; who says nothing listens at port 80 (ngx_http_core_module, listen). */
function listensOf(server: readonly NginxDirective[]): readonly (Door & { readonly tls: boolean })[] {
  const listens = server.filter(({ name }) => name === 'listen');
  if (listens.length === 0) return [{ port: 80, tls: false }];
  return listens
    .filter(({ args: [where = ''] }) => !where.startsWith('unix:'))
    .map(({ args: [where = '', ...options] }) => ({ ...doorOf(where, 80), tls: options.includes('ssl') }));
}
