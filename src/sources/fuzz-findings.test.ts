// What the fuzzer found stays found.
import { describe, expect, it } from 'vitest';
import { disagreement, findings } from './fuzz-finding.fixture.ts';

describe('the kernel and the reference parser agree on what they once differed in', () => {
  it.each(findings())('$name', async ({ finding }) => expect(await disagreement(finding)).toEqual([]));
});
