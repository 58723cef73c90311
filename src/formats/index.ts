// All formats that are known. Order matters only between formats that are equally sure: the first one wins.
import type { BinaryFormat, TextFormat } from '../model/reader.ts';
import { accessLog } from './access/access-log.ts';
import { packetFormats } from './packets/index.ts';
import { tcpdumpText } from './packets/tcpdump.ts';
import { pastedFormats } from './pasted/index.ts';
import { samplesJsonl } from './recording/samples.ts';
import { serviceFormats } from './services/index.ts';
import { systemBinaryFormats, systemFormats } from './system/index.ts';

export const textFormats: readonly TextFormat[] = [
  samplesJsonl,
  accessLog,
  ...serviceFormats,
  ...systemFormats,
  tcpdumpText,
  ...pastedFormats,
];

export const binaryFormats: readonly BinaryFormat[] = [...packetFormats, ...systemBinaryFormats];
