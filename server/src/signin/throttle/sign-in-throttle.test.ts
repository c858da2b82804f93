import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '#testing';
import { openSignin, tenantId } from '../signin.fixture.ts';
import { delayOnly } from './attack-challenge.ts';
import { type Counters, memoryCounters } from './counters.ts';
import { databaseCounters } from './database-counters.ts';
import { type Attempt, createSignInThrottle, type SignInThrottle, type ThrottleDeps } from './sign-in-throttle.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room.close());

const ENGINES: readonly (readonly [string, () => Counters])[] = [
  ['in memory', () => memoryCounters()],
  ['in the database', () => databaseCounters(room)],
];

describe.each(ENGINES)('counted %s', (engine, open) => {
  const clock = fixedClock();
  let tenant = 0;
  let counters: Counters;
  let ada: Attempt;

  // A tenant for each test: nothing is counted that another test did.
  beforeEach(() => {
    tenant += 1;
    counters = open();
    const number = String(tenant).padStart(26, '0');
    ada = { tenantId: `ten_${number}`, account: 'ada@example.com', address: '203.0.113.7' };
  });
  const setUp = (deps: Partial<ThrottleDeps> = {}) => createSignInThrottle({ clock, counters, ...deps });

  /** One wrong guess. @returns the seconds to wait when it was not let through. */
  async function fail(throttle: SignInThrottle, attempt: Attempt): Promise<number> {
    const turn = await throttle.attempt(attempt);
    if (!turn.allowed) return turn.retryAfterSeconds;
    await turn.failed();
    return 0;
  }
  async function failTimes(count: number, throttle: SignInThrottle, attemptOf: (index: number) => Attempt) {
    const waits = [];
    for (let index = 0; index < count; index += 1) waits.push(await fail(throttle, attemptOf(index)));
    return waits.filter((wait) => wait === 0).length;
  }

  test('one that took too long takes no place of another along when it ends', async () => {
    const throttle = setUp();
    const slow = await throttle.attempt(ada);
    clock.advance(31_000);
    const others = [];
    for (let index = 0; index < 5; index += 1) others.push(await throttle.attempt(ada));
    if (slow.allowed) slow.released();
    expect([slow, ...others].map(({ allowed }) => allowed)).toEqual(new Array(6).fill(true));
    expect((await throttle.attempt(ada)).allowed).toBe(false);
  });

  test('five are free for one account from one network, then the wait doubles up to a quarter of an hour', async () => {
    const throttle = setUp();
    const waits = [];
    for (let index = 0; index < 18; index += 1) {
      const wait = await fail(throttle, ada);
      waits.push(wait);
      clock.advance(wait * 1000);
      if (wait > 0) expect(await fail(throttle, ada)).toBe(0);
    }
    expect(waits.slice(0, 13)).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128]);
    for (const wait of waits.slice(14)) expect(wait).toBeGreaterThanOrEqual(256);
    expect(Math.max(...waits)).toBeLessThanOrEqual(900);
  });

  test('attempts at once count before their outcome is known, and a refused one lengthens nothing', async () => {
    const throttle = setUp();
    const turns = await Promise.all(Array.from({ length: 50 }, () => throttle.attempt(ada)));
    expect(turns.filter((turn) => turn.allowed)).toHaveLength(5);
    expect(turns.find((turn) => !turn.allowed)).toEqual({ allowed: false, retryAfterSeconds: 1 });
    for (const turn of turns) if (turn.allowed) turn.released();
    expect((await throttle.attempt(ada)).allowed).toBe(true);
  });

  test('another process sees what this one counted', async () => {
    await failTimes(5, setUp(), () => ada);
    const other = createSignInThrottle({ clock, counters });
    expect(await fail(other, ada)).toBe(1);
  });

  test('success forgives the account, and writes nothing when there was nothing to forgive', async () => {
    const writes: string[] = [];
    const noting: Counters = {
      ...counters,
      add(...given) {
        writes.push('add');
        return counters.add(...given);
      },
      forget(...given) {
        writes.push('forget');
        return counters.forget(...given);
      },
    };
    const throttle = setUp({ counters: noting });
    const first = await throttle.attempt(ada);
    if (first.allowed) await first.succeeded();
    expect(writes).toEqual([]);
    await failTimes(4, throttle, () => ada);
    const right = await throttle.attempt(ada);
    if (right.allowed) await right.succeeded();
    expect(await failTimes(5, throttle, () => ada)).toBe(5);
  });

  test('an hour without attempts forgives', async () => {
    const throttle = setUp();
    await failTimes(5, throttle, () => ada);
    clock.advance(60 * 60_000);
    expect(await failTimes(6, throttle, () => ada)).toBe(5);
  });

  test('the account is not locked out elsewhere: a stranger waits a minute at most, a known device not at all', async () => {
    const throttle = setUp();
    await failTimes(40, throttle, (index) => ({ ...ada, address: `198.${index}.100.9` }));
    const stranger = await throttle.attempt({ ...ada, address: '192.0.2.1' });
    expect(stranger).toMatchObject({ allowed: false });
    if (!stranger.allowed) expect(stranger.retryAfterSeconds).toBeLessThanOrEqual(60);
    expect((await throttle.attempt({ ...ada, address: '192.0.2.1', knownDevice: true })).allowed).toBe(true);
  });

  test('nor from beside them: guesses from behind the same address don’t slow a known browser down', async () => {
    const throttle = setUp();
    expect(await failTimes(40, throttle, () => ada)).toBe(5);
    const own = { ...ada, knownDevice: true, deviceToken: 'gh_dv_own' };
    expect((await throttle.attempt(ada)).allowed).toBe(false);
    const turn = await throttle.attempt(own);
    expect(turn.allowed).toBe(true);
    if (turn.allowed) turn.released();
    // It may guess as often as anybody, and no more.
    expect(await failTimes(20, throttle, () => own)).toBe(5);
  });

  test('a cookie that is not known to be theirs buys no guesses', async () => {
    const throttle = setUp();
    expect(await failTimes(20, throttle, (index) => ({ ...ada, deviceToken: `gh_dv_${index}` }))).toBe(5);
  });

  test('a known device may guess no more than others from one network', async () => {
    expect(await failTimes(20, setUp(), () => ({ ...ada, knownDevice: true }))).toBe(5);
  });

  test.each([
    ['one address', (index: number) => ({ account: `u${index}@example.com` }), 60, 50],
    ['a /24, one account each', (index: number) => ({ account: `u${index}`, address: `203.0.113.${index}` }), 220, 200],
    ['a /64', (index: number) => ({ address: `2001:db8:1:2::${index.toString(16)}` }), 20, 5],
    ['a /48', (i: number) => ({ account: `u${i}`, address: `2001:db8:a:${i.toString(16)}::1` }), 220, 200],
  ])('%s is slowed', async (_, vary, tries, free) => {
    expect(await failTimes(tries, setUp(), (index) => ({ ...ada, ...vary(index) }))).toBe(free);
    expect(await fail(setUp(), { ...ada, account: 'eve', address: '192.0.2.200' })).toBe(0);
  });

  test("an attacker's own good account does not cover a spray", async () => {
    const throttle = setUp();
    let allowed = 0;
    for (let index = 0; index < 70; index += 1) {
      if ((await fail(throttle, { ...ada, account: `u${index}@example.com` })) === 0) allowed += 1;
      const own = await throttle.attempt(ada);
      if (own.allowed) await own.succeeded();
    }
    expect(allowed).toBeLessThanOrEqual(51);
  });

  test('many accounts from one network raise an alarm once, and then each try has to pass a challenge', async () => {
    const alarms: object[] = [];
    const asked: string[] = [];
    const challenge = {
      demand: async ({ suspicion }: { suspicion: string }) => {
        asked.push(suspicion);
        return { passed: asked.length > 2 };
      },
    };
    const throttle = setUp({ challenge, suspect: async (found) => void alarms.push(found) });
    await failTimes(20, throttle, (index) => ({ ...ada, account: `u${index}@example.com`, userId: `usr_${index}` }));
    const found = { tenantId: ada.tenantId, network: '203.0.113.0/24', suspicion: 'many_accounts', userId: 'usr_19' };
    expect(alarms).toEqual([found]);
    expect(await fail(throttle, ada)).toBe(2);
    expect(await fail(throttle, ada)).toBe(2);
    expect(await fail(throttle, ada)).toBe(0);
    await failTimes(5, throttle, (index) => ({ ...ada, account: `v${index}@example.com` }));
    expect(alarms).toHaveLength(1);
    // Who guesses one account over and over tries no other: that is no spray.
    expect(new Set(asked)).toEqual(new Set(['many_accounts']));
  });

  test('a tenant is its own: nothing counts in another', async () => {
    await failTimes(5, setUp(), () => ada);
    expect(await fail(setUp(), { ...ada, tenantId: 'ten_99999999999999999999999999' })).toBe(0);
  });

  test(`two at once on one count are two (${engine})`, async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        counters.add(
          ada.tenantId,
          [
            { key: 'x', forgiveMs: 1000 },
            { key: `y${index % 2}`, forgiveMs: 1000 },
          ],
          clock.now(),
        ),
      ),
    );
    expect((await counters.read(ada.tenantId, ['x'])).get('x')?.level).toBe(40);
  });
});

test('names are kept as keyed hashes only', async () => {
  await databaseCounters(room).add(tenantId, [{ key: 'account my-secret-typed-there', forgiveMs: 1 }], 1);
  const rows = await room.inTransaction((tx) =>
    tx.withTables<{ sign_in_counters: { key: string } }>().selectFrom('sign_in_counters').select('key').execute(),
  );
  expect(JSON.stringify(rows)).not.toContain('my-secret');
});

test('the challenge that is shipped delays, and lets a bounded number wait', async () => {
  const waiting: (() => void)[] = [];
  const challenge = delayOnly({ wait: () => new Promise((resolve) => waiting.push(resolve)) });
  const asked = { tenantId, network: '203.0.113.0/24', suspicion: 'many_accounts' } as const;
  const all = Array.from({ length: 250 }, () => challenge.demand(asked));
  expect(waiting).toHaveLength(200);
  for (const go of waiting.splice(0)) go();
  expect((await Promise.all(all)).filter(({ passed }) => passed)).toHaveLength(200);
});

test('memory is bounded: the entry unused for longest goes first', async () => {
  const counters = memoryCounters(4);
  for (let index = 0; index < 6; index += 1) await counters.add('t', [{ key: `k${index}`, forgiveMs: 1000 }], 0);
  expect([...(await counters.read('t', ['k0', 'k1', 'k2', 'k5'])).keys()]).toEqual(['k2', 'k5']);
});
