import { expect, onTestFinished, test } from 'vitest';
import { LateKeys, type LateKeysLimits } from './late-keys.ts';

const NEVER = 2 ** 30;

function open(limits: LateKeysLimits = {}): LateKeys {
  const late = new LateKeys({ waitMilliseconds: NEVER, ...limits });
  onTestFinished(() => late.close());
  return late;
}

/** What became of it by now. */
async function standing(waiting: Promise<void> | undefined): Promise<'refused' | 'waits' | 'over'> {
  if (waiting === undefined) return 'refused';
  return Promise.race([waiting.then(() => 'over' as const), Promise.resolve('waits' as const)]);
}

test('whoever waits is told when his key is heard of, and nobody else', async () => {
  const late = open();
  const [one, again, other] = [late.wait('one'), late.wait('one'), late.wait('other')];
  late.heard((hash) => hash === 'one');
  await Promise.all([one, again]);
  expect(await standing(other)).toBe('waits');
});

test('a key that does not come is waited for once', async () => {
  const late = open({ waitMilliseconds: 1 });
  await late.wait('made-up');
  expect(late.wait('made-up')).toBeUndefined();
  expect(late.wait('another')).toBeInstanceOf(Promise);
});

test('only so many wait at a time, those with the same key among them', async () => {
  const late = open({ waitingMax: 3 });
  const waiting = [late.wait('one'), late.wait('one'), late.wait('other')];
  expect(late.isFull).toBe(true);
  expect([late.wait('one'), late.wait('third')]).toEqual([undefined, undefined]);
  late.heard((hash) => hash === 'one');
  await waiting[0];
  expect(late.isFull).toBe(false);
  expect(await standing(late.wait('third'))).toBe('waits');
  expect(await standing(late.wait('fourth'))).toBe('waits');
  expect(await standing(late.wait('fifth'))).toBe('refused');
});

test('of the keys that did not come only so many are remembered: the oldest may be waited for again', async () => {
  const late = open({ waitMilliseconds: 1, missedMax: 2 });
  for (const hash of ['one', 'two', 'three']) await late.wait(hash);
  expect([late.wait('two'), late.wait('three')]).toEqual([undefined, undefined]);
  expect(late.wait('one')).toBeInstanceOf(Promise);
});

test('when it is closed nobody is left waiting', async () => {
  const late = open();
  const waiting = late.wait('one');
  late.close();
  expect(await standing(waiting?.then(() => undefined))).not.toBe('refused');
  await waiting;
});
