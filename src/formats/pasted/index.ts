// What a person pastes: outputs of commands, in one format that knows them all.
import type { TextFormat } from '../../model/reader.ts';
import { pastedAny } from './pasted-any.ts';

export { pastedAny } from './pasted-any.ts';

export const pastedFormats: readonly TextFormat[] = [pastedAny];
