// nginx's log_format strings (ngx_http_log_module), as pieces of a layout.
import type { LogSpec } from './apache-spec.ts';
import type { FieldName } from './fields.ts';
import type { Piece } from './layout.ts';
import type { TimePiece } from './layout-time.ts';
import { CLF_TIME_LENGTH } from './line-time.ts';
import { chooseFields, type Directive } from './spec-choice.ts';

type Choice = Pick<Directive, 'field' | 'group' | 'rank'>;

const choice = (field: FieldName, rank = 0, group: string = field): Choice => ({ field, group, rank });

/** nginx.org, "Alphabetical index of variables". All others, also those of `map` and `set`, are passed over. */
const VARIABLES: Readonly<Record<string, Choice>> = {
  remote_addr: choice('client'),
  realip_remote_addr: choice('peer'),
  remote_user: choice('user'),
  request: choice('request'),
  request_method: choice('method'),
  request_uri: choice('target'),
  uri: choice('target', 1),
  document_uri: choice('target', 2),
  args: choice('query'),
  query_string: choice('query', 1),
  server_protocol: choice('protocol'),
  status: choice('status'),
  body_bytes_sent: choice('bytes'),
  bytes_sent: choice('bytes', 1),
  request_length: choice('requestBytes'),
  request_time: choice('durationS'),
  upstream_response_time: choice('upstream'),
  http_referer: choice('referer'),
  http_user_agent: choice('agent'),
  http_x_forwarded_for: choice('forwarded'),
  proxy_add_x_forwarded_for: choice('forwarded', 1),
  host: choice('host'),
  http_host: choice('host', 1),
  server_name: choice('host', 2),
};

/** The finest first. */
const TIMES: readonly (readonly [string, TimePiece, number?])[] = [
  ['msec', 'epochS'],
  ['time_iso8601', 'iso'],
  ['time_local', 'clf', CLF_TIME_LENGTH],
];

const VARIABLE = /\$(?:\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g;

/** Reads a log_format string; a complaint names the place of what is wrong. */
export function nginxSpec(spec: string): LogSpec | { error: string } {
  const directives: (Directive & { readonly variable: string })[] = [];
  const texts: string[] = [];
  let at = 0;
  for (const match of spec.matchAll(VARIABLE)) {
    texts.push(spec.slice(at, match.index));
    at = match.index + match[0].length;
    const variable = match[1] ?? match[2] ?? '';
    const what = Object.hasOwn(VARIABLES, variable) ? VARIABLES[variable] : undefined;
    directives.push({ name: match[0], place: match.index + 1, variable, ...(what ?? choice('skip')) });
  }
  texts.push(spec.slice(at));
  const stray = strayDollar(texts, directives);
  if (stray !== undefined) return { error: `a "$" without the name of a variable at character ${stray}` };

  // `$request_uri` has its query in it.
  const whole = directives.some((directive) => directive.variable === 'request_uri');
  const fields = chooseFields(directives).map((field) => (whole && field === 'query' ? 'skip' : field));
  const time = TIMES.find(([variable]) => directives.some((directive) => directive.variable === variable))?.[0];
  const pieces: Piece[] = [];
  for (const [i, { name, place, variable }] of directives.entries()) {
    pieces.push({ kind: 'literal', text: texts[i] ?? '' });
    const known = TIMES.find(([other]) => other === variable);
    const field = known ? (variable === time ? known[1] : 'skip') : (fields[i] ?? 'skip');
    const width = known?.[2];
    // `$is_args$args` belongs to the target before it, or is passed over with it.
    const before = pieces.at(-2);
    const inTarget = variable === 'is_args' && texts[i] === '' && before?.kind === 'field';
    pieces.push({
      kind: 'field',
      field: inTarget && before.field === 'target' ? 'query' : field,
      name,
      place,
      ...(width === undefined ? {} : { width }),
    });
  }
  pieces.push({ kind: 'literal', text: texts.at(-1) ?? '' });
  const has = (variable: string): boolean => directives.some((directive) => directive.variable === variable);
  return { pieces, stamp: 'end', bytes: has('body_bytes_sent') ? 'body' : has('bytes_sent') ? 'wire' : 'unknown' };
}

function strayDollar(texts: readonly string[], directives: readonly Directive[]): number | undefined {
  for (const [i, text] of texts.entries()) {
    const dollar = text.indexOf('$');
    const before = directives[i - 1];
    if (dollar >= 0) return (before ? before.place - 1 + before.name.length : 0) + dollar + 1;
  }
  return undefined;
}
