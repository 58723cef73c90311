// A sink for tests that keeps the samples and the unreadable lines.
import type { FactSink, TextFormat } from '../../model/reader.ts';
import type { SampleData } from '../../model/sample.ts';
import type { Stamp } from '../../model/time.ts';

interface Heard {
  readonly samples: { stamp: Stamp | undefined; data: SampleData; line: number; text: string }[];
  readonly unreadable: string[];
}

export function readSamples(format: TextFormat, text: string): Heard {
  const heard: Heard = { samples: [], unreadable: [] };
  const sink: FactSink = {
    event() {},
    access() {},
    packet() {},
    seen() {},
    sample: (stamp, data, line, quote) => heard.samples.push({ stamp, data, line, text: quote }),
    unreadable: (_, line) => heard.unreadable.push(line),
  };
  const lines = text.split('\n');
  const reader = format.open(sink, lines.slice(0, 200));
  lines.forEach((line, i) => {
    reader.line(line, i + 1);
  });
  reader.end();
  return heard;
}
