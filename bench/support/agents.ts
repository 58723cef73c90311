// User agents of made-up visitors: those of browsers, and the long ones of browsers within apps.
import { agent, hex } from './log-parts.ts';
import type { Random } from './random.ts';

const LONG_MIN = 300;
const LONG_MAX = 500;

/** 13 to 140 characters: browsers say little of their version by now, apps little at all. */
export function shortAgent(random: Random): string {
  const chrome = `AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + random.below(50)}.0.0.0`;
  const safari = `Version/${16 + random.below(3)}.${random.below(7)}`;
  const firefox = `rv:${100 + random.below(50)}.0) Gecko/20100101 Firefox/${100 + random.below(50)}.0`;
  return random.pick([
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; ${firefox}`,
    `Mozilla/5.0 (X11; Linux x86_64; ${firefox}`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_${random.below(7)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ${safari} Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) ${safari} Safari/605.1.15`,
    agent(random),
    `ShopApp/${random.below(9)}.${random.below(30)}.${random.below(9)} (Android ${10 + random.below(6)}; ${hex(random, 4)})`,
    `okhttp/4.${random.below(13)}.${random.below(9)}`,
  ]);
}

/** From `LONG_MIN` to `LONG_MAX` characters, as apps of social networks send them. */
export function longAgent(random: Random): string {
  const length = LONG_MIN + random.below(LONG_MAX - LONG_MIN + 1);
  let text = `${agent(random)} [FBAN/FB4A;FBAV/5${random.below(99)}.0.0.${random.below(90)}.${random.below(200)};FBBV/${random.below(1e9)};FBRV/0`;
  while (text.length < length) text += `;${random.pick(FIELDS)}/${hex(random, 6 + random.below(10))}`;
  return `${text.slice(0, length - 1)}]`;
}

const FIELDS = ['FBPN', 'FBLC', 'FBMF', 'FBBD', 'FBDV', 'FBSV', 'FBCA', 'FBDM', 'FBOP', 'FBCR'] as const;
