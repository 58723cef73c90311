// `seawall traffic --follow`: what comes in now.
import { OptionError } from '../sources/given.ts';
import type { TrafficCommand } from './traffic-options.ts';

export async function followCommand(_command: TrafficCommand): Promise<number> {
  throw new OptionError('--follow: not yet');
}
