import { describe, expect, it } from 'vitest';
import { systemRandom } from './random.ts';

describe('systemRandom', () => {
  it.each([0, 1, 12, 16, 20, 24, 25, 32, 4096, 10_000])('gives %i bytes', (size) => {
    expect(systemRandom.bytes(size)).toHaveLength(size);
  });

  it('never gives the same bytes twice, however many refills it takes', () => {
    const drawn = new Set(Array.from({ length: 5_000 }, () => systemRandom.bytes(16).toString('hex')));
    expect(drawn.size).toBe(5_000);
  });

  it('gives memory that is the caller’s own: writing to it changes nothing that comes later', () => {
    const first = systemRandom.bytes(16);
    const copy = Buffer.from(first);
    for (let round = 0; round < 1_000; round += 1) systemRandom.bytes(16).fill(0);
    expect(first).toEqual(copy);
    expect(systemRandom.bytes(16)).not.toEqual(Buffer.alloc(16));
  });
});
