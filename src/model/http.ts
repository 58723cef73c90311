// What a request asks for, as far as the path alone can tell.

const STATIC_EXTENSION =
  /\.(?:css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|bmp|woff2?|ttf|otf|eot|mp[34]|webm|ogg|mov|pdf|zip|gz|rar|7z|dmg|exe|txt|html?)$/i;

/** Path without query and fragment. */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
}

/** Whether the web server most likely answers it by itself, without starting a worker of the application. */
export function looksStatic(path: string): boolean {
  return STATIC_EXTENSION.test(path) && !path.endsWith('/robots.txt');
}
