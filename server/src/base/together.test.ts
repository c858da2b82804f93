import { beforeEach, describe, expect, test } from 'vitest';
import { together } from './together.ts';

interface Job {
  tenant: string;
  name: string;
}

let runs: string[][];
let crowded: boolean;
let doors: (() => void)[];
let run: (job: Job) => Promise<string>;
beforeEach(() => {
  runs = [];
  crowded = false;
  doors = [];
  run = together<Job, string>({
    groupOf: ({ tenant }) => tenant,
    crowded: () => crowded,
    wait: () => new Promise<void>((resolve) => doors.push(resolve)),
    async run(jobs) {
      const names = jobs.map(({ name }) => name);
      runs.push(names);
      if (names.includes('bad')) throw new Error('bad');
      return names.map((name) => `${name} done`);
    },
  });
});

const jobs = (count: number, tenant = 'a') =>
  Array.from({ length: count }, (_, index) => ({ tenant, name: `${index}` }));

test('what comes alone waits for nobody', async () => {
  expect(await run({ tenant: 'a', name: 'one' })).toBe('one done');
  expect(await run({ tenant: 'a', name: 'two' })).toBe('two done');
  expect(runs).toEqual([['one'], ['two']]);
});

test('what comes at once is done at once, and each gets its own answer', async () => {
  expect(await Promise.all(jobs(3).map(run))).toEqual(['0 done', '1 done', '2 done']);
  expect(runs).toEqual([['0', '1', '2']]);
});

test('never what belongs to two tenants', async () => {
  await Promise.all([...jobs(2, 'a'), ...jobs(2, 'b')].map(run));
  expect(runs).toEqual([
    ['0', '1'],
    ['0', '1'],
  ]);
});

test('nobody fails for another', async () => {
  const outcomes = await Promise.allSettled([{ tenant: 'a', name: 'bad' }, ...jobs(2)].map(run));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(runs).toEqual([['bad', '0', '1'], ['bad'], ['0'], ['1']]);
});

test('in a crowd it waits for company, until there is enough of it or the time is over', async () => {
  crowded = true;
  const first = jobs(32).map(run);
  expect(await Promise.all(first)).toHaveLength(32);
  const second = jobs(2).map(run);
  for (let pass = 0; pass < 3; pass += 1) await new Promise(setImmediate);
  // The door of those who left full opens on nobody, and not on who came after them.
  doors[0]?.();
  await new Promise(setImmediate);
  expect(runs).toHaveLength(1);
  doors[1]?.();
  await Promise.all(second);
  expect(runs.map(({ length }) => length)).toEqual([32, 2]);
});

test('when the crowd is gone, the last to come takes along who waited for more', async () => {
  crowded = true;
  const waiting = jobs(3).map(run);
  await new Promise(setImmediate);
  expect(runs).toEqual([]);
  crowded = false;
  await Promise.all([...waiting, run({ tenant: 'a', name: 'last' })]);
  expect(runs).toEqual([['0', '1', '2', 'last']]);
  expect(doors).toHaveLength(1);
});

describe('who comes while a round is under way', () => {
  let finish: (() => void)[];
  let slow: (job: Job) => Promise<string>;
  beforeEach(() => {
    finish = [];
    slow = together<Job, string>({
      groupOf: ({ tenant }) => tenant,
      crowded: () => crowded,
      wait: () => new Promise<void>((resolve) => doors.push(resolve)),
      async run(jobs) {
        const names = jobs.map(({ name }) => name);
        runs.push(names);
        await new Promise<void>((resolve) => finish.push(resolve));
        return names;
      },
    });
  });
  const settle = () => new Promise(setImmediate);

  test('waits for its end, and goes with whoever came meanwhile', async () => {
    const first = slow({ tenant: 'a', name: 'first' });
    await settle();
    const second = slow({ tenant: 'a', name: 'second' });
    await settle();
    const third = slow({ tenant: 'a', name: 'third' });
    await settle();
    expect(runs).toEqual([['first']]);
    finish[0]?.();
    await first;
    await settle();
    expect(runs).toEqual([['first'], ['second', 'third']]);
    finish[1]?.();
    expect(await Promise.all([second, third])).toEqual(['second', 'third']);
  });

  test('waits for no other tenant', async () => {
    const all = [slow({ tenant: 'a', name: 'first' }), slow({ tenant: 'b', name: 'second' })];
    await settle();
    expect(runs).toEqual([['first'], ['second']]);
    for (const end of finish) end();
    await Promise.all(all);
  });

  test('waits no longer than anybody does: a round that hangs holds up nobody', async () => {
    const all = [slow({ tenant: 'a', name: 'hangs' })];
    await settle();
    all.push(slow({ tenant: 'a', name: 'second' }));
    await settle();
    expect(runs).toEqual([['hangs']]);
    doors[0]?.();
    await settle();
    expect(runs).toEqual([['hangs'], ['second']]);
    for (const end of finish) end();
    await Promise.all(all);
  });

  test('stays for company where there is a crowd', async () => {
    const first = slow({ tenant: 'a', name: 'first' });
    await settle();
    crowded = true;
    const second = slow({ tenant: 'a', name: 'second' });
    finish[0]?.();
    await first;
    await settle();
    expect(runs).toEqual([['first']]);
    doors[0]?.();
    await settle();
    finish[1]?.();
    expect(await second).toBe('second');
  });
});
