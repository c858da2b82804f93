import { expect, test } from 'vitest';
import { boundWork } from './bounded-work.ts';

const busy = () => new Error('busy');

test('no more run at once than may, and all that were let in are done in order', async () => {
  const run = boundWork({ runningMax: 2, waitingMax: 10, busy });
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const all = Array.from({ length: 6 }, (_, index) =>
    run(() => {
      started.push(index);
      return new Promise<number>((resolve) => finish.push(() => resolve(index)));
    }),
  );
  expect(started).toEqual([0, 1]);
  for (let index = 0; index < 6; index += 1) {
    finish[index]?.();
    expect(await all[index]).toBe(index);
    expect(started.length - (index + 1)).toBeLessThanOrEqual(2);
  }
  expect(started).toEqual([0, 1, 2, 3, 4, 5]);
});

test('one more than may wait is refused at once; the others are not disturbed', async () => {
  const run = boundWork({ runningMax: 1, waitingMax: 1, busy });
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = run(() => promise);
  const second = run(async () => 'second');
  await expect(run(async () => 'third')).rejects.toThrow('busy');
  resolve();
  await first;
  expect(await second).toBe('second');
  expect(await run(async () => 'fourth')).toBe('fourth');
});

test('work that fails gives its place back', async () => {
  const run = boundWork({ runningMax: 1, waitingMax: 0, busy });
  await expect(run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await run(async () => 'next')).toBe('next');
});

test('lanes take turns: who floods waits for itself, and is refused before the others are', async () => {
  const run = boundWork({ runningMax: 1, waitingMax: 10, laneWaitingMax: 4, busy });
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = run(() => gate.promise);
  const flood = Array.from({ length: 6 }, (_, index) => run(async () => done.push(`flood ${index}`), 'flood'));
  const others = ['ada', 'eve'].map((lane) => run(async () => done.push(lane), lane));
  const refused = Promise.all(flood.slice(4).map((each) => expect(each).rejects.toThrow('busy')));
  gate.resolve();
  await Promise.all([first, refused, ...flood.slice(0, 4), ...others]);
  expect(done).toEqual(['flood 0', 'ada', 'eve', 'flood 1', 'flood 2', 'flood 3']);
});
