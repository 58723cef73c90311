// Masks what is secret in what is taken from a host: passwords and tokens in URLs, command lines, headers and log lines.

const HIDDEN = '***';
/** Names of parameters, options and settings whose values are nobody's business. */
const SECRET_NAME =
  '(?:[\\w.-]{0,40}(?:pass(?:w(?:or)?d|phrase|wd)?|pwd|secret|token|api[_-]?key|apikey|private[_-]?key|access[_-]?key|signature|session(?:id)?|credential|jwt)[\\w.-]{0,20}|auth|key|sid|sig|nonce|_wpnonce|code|state|pw|log)';
const PARAMETER = new RegExp(`([?&;](?:${SECRET_NAME})(?:%5B%5D|\\[\\])?=)[^&;#\\s"']{1,2000}`, 'gi');
const USER_INFO = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,100}:)[^\s/@"']{1,200}(?=@)/gi;
const HEADER =
  /\b((?:proxy-)?authorization|cookie|set-cookie|x-api-key|x-auth-token)(["']?\s*[:=]\s*["']?)(?:(?:basic|bearer|digest|token)\s+)?[^\r\n"']{1,4000}/gi;
const BEARER = /\b(Basic|Bearer)\s+[A-Za-z0-9+/._~-]{8,}=*/g;
const OPTION = new RegExp(`(\\s--?(?:${SECRET_NAME})(?:=|\\s+))(?!-)[^\\s]{1,500}`, 'gi');
const SETTING = /(\b[A-Z_]{0,40}(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY|MYSQL_PWD)=)[^\s"']{1,500}/g;
/** `mysql -pSECRET`: the password stands right behind the letter. */
const MYSQL_PASSWORD = /(\b(?:mysql|mariadb)[\w-]{0,20}\b.{0,300}?\s-p)[^\s]{1,200}/;

/** A path with its query: values of secret parameters are hidden. */
export function maskTarget(target: string): string {
  return target.includes('=') ? target.replace(PARAMETER, `$1${HIDDEN}`) : target;
}

/** A command line. */
export function maskArgs(args: string): string {
  return maskLine(` ${args}`).slice(1).replace(OPTION, `$1${HIDDEN}`).replace(MYSQL_PASSWORD, `$1${HIDDEN}`);
}

/** A line of a log, whatever its format. */
export function maskLine(line: string): string {
  let masked = line;
  if (masked.includes('=')) masked = masked.replace(PARAMETER, `$1${HIDDEN}`).replace(SETTING, `$1${HIDDEN}`);
  if (masked.includes('://')) masked = masked.replace(USER_INFO, `$1${HIDDEN}`);
  if (/auth|cookie|api-key|basic |bearer /i.test(masked))
    masked = masked.replace(HEADER, `$1$2${HIDDEN}`).replace(BEARER, `$1 ${HIDDEN}`);
  return masked;
}
