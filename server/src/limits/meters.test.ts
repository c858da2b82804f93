import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConcurrencyMeter, periodOf, QuotaMeter, WINDOW_SLOTS, WindowMeter } from './meters.ts';

describe('sliding window', () => {
  test('gives all at once, and comes back after the window and a sixteenth at most', () => {
    const meter = new WindowMeter(3, 16, 1);
    for (let count = 0; count < 3; count += 1) meter.take(500);
    expect(meter.left(500)).toBe(0);
    expect(meter.untilOne(500)).toBe(16_500);
    expect(meter.left(16_999)).toBe(0);
    expect(meter.left(17_000)).toBe(3);
    expect(meter.untilIdle(17_000)).toBe(0);
  });

  const pauses = fc.array(fc.double({ min: 0, max: 3000, noNaN: true }), { minLength: 1, maxLength: 300 });

  test('never lets more through than it says, in any window of its length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        pauses,
        (requests, seconds, waits) => {
          const meter = new WindowMeter(requests, seconds, 1);
          const granted: number[] = [];
          let now = 0;
          for (const wait of waits) {
            now += wait;
            if (meter.left(now) >= 1) {
              meter.take(now);
              granted.push(now);
            }
          }
          for (const [index, from] of granted.entries()) {
            const inside = granted.slice(index).filter((at) => at < from + seconds * 1000).length;
            expect(inside).toBeLessThanOrEqual(requests);
          }
        },
      ),
    );
  });

  test('who waits as long as he is told gets through, and not a slot later', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        pauses,
        (requests, seconds, waits) => {
          const meter = new WindowMeter(requests, seconds, 1);
          let now = 0;
          for (const wait of waits) {
            now += wait;
            if (meter.left(now) < 1) {
              const told = meter.untilOne(now);
              expect(told).toBeGreaterThan(0);
              expect(told).toBeLessThanOrEqual(seconds * 1000 * (1 + 1 / WINDOW_SLOTS) + 1e-6);
              now += told + 1e-6;
              expect(meter.left(now)).toBeGreaterThanOrEqual(1);
            }
            meter.take(now);
          }
        },
      ),
    );
  });

  test('a clock that goes back or tells no time gives nothing back', () => {
    const meter = new WindowMeter(1, 1, 1);
    meter.take(10_000);
    for (const now of [0, -5, Number.NaN, 10_000]) expect(meter.left(now)).toBe(0);
  });

  test('a smaller part of it counts what was used', () => {
    const meter = new WindowMeter(8, 10, 1);
    for (let count = 0; count < 3; count += 1) meter.take(0);
    meter.fit(8, 1 / 4);
    expect(meter.left(0)).toBe(0);
    meter.fit(8, 1 / 2);
    expect(meter.left(0)).toBe(1);
  });
});

describe('quota', () => {
  const at = (text: string) => Date.parse(text);

  test.for([
    ['day', '2026-11-22T00:00:00Z', '2026-11-22', '2026-11-23T00:00:00Z'],
    ['day', '2026-11-22T23:59:59.999Z', '2026-11-22', '2026-11-23T00:00:00Z'],
    ['day', '2024-02-29T12:00:00Z', '2024-02-29', '2024-03-01T00:00:00Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2026-12', '2027-01-01T00:00:00Z'],
    ['month', '2024-02-29T12:00:00Z', '2024-02', '2024-03-01T00:00:00Z'],
    ['month', '2026-11-01T00:00:00Z', '2026-11', '2026-12-01T00:00:00Z'],
  ] as const)('%s of %s', ([per, now, name, end]) => {
    expect(periodOf(per, at(now))).toMatchObject({ name, end: at(end) });
  });

  test('begins anew with its period, and not before', () => {
    const meter = new QuotaMeter(2, 'day', 1);
    const day = at('2026-11-22T10:00:00Z');
    meter.take(0, day);
    meter.take(0, day);
    expect(meter.left(0, day)).toBe(0);
    expect(meter.untilOne(0, day)).toBe(14 * 3_600_000);
    expect(meter.left(0, at('2026-11-22T23:59:59.999Z'))).toBe(0);
    expect(meter.left(0, at('2026-11-23T00:00:00Z'))).toBe(2);
  });

  test.each([
    ['a request of before midnight that is counted after it', '2026-11-22T23:59:59.999Z'],
    ['a clock that is set back a little', '2026-11-22T23:30:00Z'],
    ['a clock that tells no time', 'nothing'],
  ])('%s gives nothing back', (_what, before) => {
    const meter = new QuotaMeter(2, 'day', 1);
    const midnight = at('2026-11-23T00:00:00Z');
    for (let count = 0; count < 2; count += 1) meter.take(0, midnight);
    expect([meter.left(0, at(before)), meter.usedAt(at(before))]).toEqual([0, 0]);
    expect([meter.left(0, midnight), meter.usedAt(midnight)]).toEqual([0, 2]);
  });

  test('what is learned of a day that is over is not used of this one, and of this one it is', () => {
    const meter = new QuotaMeter(2, 'day', 1);
    const midnight = at('2026-11-23T00:00:00Z');
    meter.take(0, midnight);
    for (const over of ['2026-11-22T23:59:59.999Z', '2026-11-20T23:59:59.999Z']) meter.learn(2, at(over));
    expect(meter.usedAt(midnight)).toBe(1);
    meter.learn(2, midnight);
    expect(meter.usedAt(midnight)).toBe(2);
  });

  test('a clock that was far ahead, and is put right, counts from then on', () => {
    const meter = new QuotaMeter(1, 'day', 1);
    meter.take(0, at('2027-11-22T10:00:00Z'));
    expect(meter.left(0, at('2026-11-22T10:00:00Z'))).toBe(1);
  });
});

test('under way: as many as it says, and as many again as were given back', () => {
  const meter = new ConcurrencyMeter(2, 1);
  meter.take();
  meter.take();
  expect(meter.left()).toBe(0);
  meter.release();
  expect(meter.left()).toBe(1);
  for (let count = 0; count < 5; count += 1) meter.release();
  expect(meter.left()).toBe(2);
});
