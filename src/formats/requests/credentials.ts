// Where WordPress's XML-RPC methods carry the user's name, and the password behind it (class-wp-xmlrpc-server.php).
import { type FieldKind, REQUEST_FIELDS } from '../../model/request-fields.ts';

/** Methods that take no login, or none by name and password. */
const WITHOUT_LOGIN =
  /^(?:system|demo|pingback|jetpack)\.|^mt\.(?:supportedMethods|supportedTextFilters|getTrackbackPings)$/;
/** (user, password, ...) */
const AT_FIRST = /^wp\.getUsersBlogs$/;
/** (application key, blog or post, user, password, ...) */
const AT_THIRD = /^blogger\.(?!getUsersBlogs$|getUserInfo$)|^wp\.(?:getPage|editPage)$/;
/** (blog or post, user, password, ...) */
const AT_SECOND = /^(?:wp|metaWeblog|mt|blogger)\./;

/**
 * Which argument is the user's name, counted from 0; the next one is the password. `undefined`: the method takes none.
 * `unknown`: a method of a plugin, of which nobody knows.
 */
export function userAt(method: string): number | undefined | 'unknown' {
  if (WITHOUT_LOGIN.test(method)) return undefined;
  if (AT_FIRST.test(method)) return 0;
  if (AT_THIRD.test(method)) return 2;
  return AT_SECOND.test(method) ? 1 : 'unknown';
}

const KINDS: ReadonlyMap<string, FieldKind> = new Map(
  (['user', 'password', 'known'] as const).flatMap((kind) => REQUEST_FIELDS[kind].map((name) => [name, kind] as const)),
);

export function fieldKind(name: string): FieldKind | undefined {
  return KINDS.get(name);
}
