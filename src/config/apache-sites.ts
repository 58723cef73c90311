// The sites that Apache's configuration names: its virtual hosts, or the server itself where it has none.
import { type ApacheDirective, type ApacheTree, lastOf } from './apache.ts';
import { absolute } from './files.ts';
import { type Door, doorOf, doorsByPort, rootOf, type Site } from './site.ts';

export function apacheSites({ directives, serverRoot }: ApacheTree): Site[] {
  const listens = apacheListens(directives);
  const siteAt = (own: readonly ApacheDirective[], { port, address }: Door): Site => {
    const last = (name: string): string | undefined => (lastOf(own, name) ?? lastOf(directives, name))?.args[0];
    const root = last('DocumentRoot');
    return {
      name: (last('ServerName') ?? '').replace(/^https?:\/\//, '').replace(/:\d+$/, ''),
      port,
      tls: /^(?:on|optional)$/i.test(last('SSLEngine') ?? ''),
      ...(address !== undefined && { address }),
      ...(root !== undefined && { root: rootOf(absolute(root, serverRoot)) }),
    };
  };
  const hosts = directives.filter(({ name, inner }) => inner !== undefined && name.toLowerCase() === 'virtualhost');
  if (hosts.length === 0) return doorsByPort(listens).map((door) => siteAt(directives, door));
  const fallback = listens[0]?.port ?? 80;
  return hosts.flatMap(({ args, inner = [] }) => {
    const doors = args.length > 0 ? args.map((text) => doorOf(text, fallback)) : [{ port: fallback }];
    return doorsByPort(doors).map((door) => siteAt(inner, door));
  });
}

/** Where the whole server listens. */
export function apacheListens(directives: readonly ApacheDirective[]): Door[] {
  return directives.filter(({ name }) => name.toLowerCase() === 'listen').map(({ args }) => doorOf(args[0] ?? '', 80));
}
