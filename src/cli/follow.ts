// `seawall traffic --follow`: redraws the screen of a terminal, or writes a line or an object a tick, until it is told to end.
import type { LiveTraffic } from '../model/live-traffic.ts';
import { jsonText, liveData, liveLine, liveScreen } from '../report/index.ts';
import { followTraffic } from '../sources/follow-traffic.ts';
import { wantsColour } from './common-options.ts';
import { EXIT } from './exit.ts';
import type { TrafficCommand } from './traffic-options.ts';

const TICK_MS = 2000;
const TOP = 10;
const HEIGHT = 24;

// The screen beside the usual one, and no cursor: as `less` and `top` do. DEC private modes 1049 and 25.
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const TO_LINE_END = '\u001b[K';
const TO_SCREEN_END = '\u001b[J';

/** Where it is shown, and what ends it. */
export interface FollowPlace {
  readonly isTerminal: boolean;
  size(): { readonly width: number; readonly height: number };
  write(text: string): void;
  /** Settles when it shall end. */
  readonly ended: Promise<void>;
  readonly tickMs: number;
  readonly pollMs?: number;
}

/**
 * @returns the exit code, when it was ended.
 * @throws OptionError and PathError for what a person gave wrongly.
 */
export async function followCommand(command: TrafficCommand, given?: FollowPlace): Promise<number> {
  const { trustedProxies, logFormat, timezone } = command.reading;
  const place = given ?? thisProcess(command);
  const followed = followTraffic({
    paths: command.paths,
    filter: command.query.filter ?? {},
    ...(logFormat !== undefined && { logFormat }),
    ...(trustedProxies !== undefined && { trustedProxies }),
    ...(place.pollMs !== undefined && { pollMs: place.pollMs }),
  });
  const zone = timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const screen = place.isTerminal && command.form === 'text';
  const tick = (): void => place.write(shown(followed.view(), command, place, screen, zone));
  if (screen) {
    place.write(ENTER);
    tick();
  }
  const timer = setInterval(tick, place.tickMs);
  try {
    await place.ended;
  } finally {
    clearInterval(timer);
    if (screen) place.write(LEAVE);
    await followed.stop();
  }
  return EXIT.done;
}

function shown(live: LiveTraffic, command: TrafficCommand, place: FollowPlace, screen: boolean, zone: string): string {
  const top = command.top ?? TOP;
  if (command.form === 'json') return jsonText(liveData(live, top), 0);
  if (!screen) return liveLine(live, zone);
  const text = liveScreen(live, { ...place.size(), top, zone, colour: wantsColour() });
  return `${HOME}${text.trimEnd().replaceAll('\n', `${TO_LINE_END}\n`)}${TO_LINE_END}${TO_SCREEN_END}`;
}

/** Ends on SIGINT and SIGTERM, and when the terminal goes away. */
function thisProcess({ width, widthGiven }: TrafficCommand): FollowPlace {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  return {
    isTerminal: process.stdout.isTTY === true,
    size: () => ({
      width: widthGiven ? width : (process.stdout.columns ?? width),
      height: process.stdout.rows ?? HEIGHT,
    }),
    write: (text) => void process.stdout.write(text),
    ended,
    tickMs: TICK_MS,
  };
}
