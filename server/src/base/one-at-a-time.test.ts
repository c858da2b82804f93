import { expect, test } from 'vitest';
import { oneAtATime } from './one-at-a-time.ts';

test('work takes turns in the order it was asked for, also after a failure', async () => {
  const inTurn = oneAtATime();
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const slow = inTurn(() => gate.promise.then(() => done.push('slow')));
  const failing = inTurn(() => Promise.reject(new Error('on purpose')));
  const quick = inTurn(async () => done.push('quick'));
  gate.resolve();
  await expect(failing).rejects.toThrow('on purpose');
  expect(await Promise.all([slow, quick])).toEqual([1, 2]);
  expect(done).toEqual(['slow', 'quick']);
});
