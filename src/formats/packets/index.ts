// The formats in which packets come.
import type { BinaryFormat } from '../../model/reader.ts';
import { pcap } from './pcap.ts';
import { pcapng } from './pcapng.ts';

export const packetFormats: readonly BinaryFormat[] = [pcap, pcapng];
