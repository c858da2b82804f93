import { describe, expect, test } from 'vitest';
import { fixedClock } from '#testing';
import { createSignInThrottle } from './sign-in-throttle.ts';

const ada = { account: 'ada@example.com', address: '203.0.113.7' };

function setUp(entriesMax?: number) {
  const clock = fixedClock();
  return { clock, throttle: createSignInThrottle({ clock }, entriesMax) };
}

/** How long each of `count` attempts had to wait, in seconds; each waits as told. */
function waits(count: number, { clock, throttle }: ReturnType<typeof setUp>, who = ada): number[] {
  return Array.from({ length: count }, () => {
    const turn = throttle.attempt(who);
    if (turn.allowed) return 0;
    clock.advance(turn.retryAfterSeconds * 1000);
    expect(throttle.attempt(who)).toEqual({ allowed: true });
    return turn.retryAfterSeconds;
  });
}

describe('the same account from the same network', () => {
  test('five are free, then the wait doubles up to a quarter of an hour', () => {
    expect(waits(20, setUp())).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900]);
  });

  test('attempts at once count before their outcome is known', () => {
    const { throttle } = setUp();
    const allowed = Array.from({ length: 1000 }, () => throttle.attempt(ada)).filter((turn) => turn.allowed);
    expect(allowed).toHaveLength(5);
  });

  test('a refused attempt does not lengthen the wait', () => {
    const { throttle } = setUp();
    for (let index = 0; index < 5; index += 1) throttle.attempt(ada);
    const refused = [throttle.attempt(ada), throttle.attempt(ada), throttle.attempt(ada)];
    expect(refused).toEqual(Array(3).fill({ allowed: false, retryAfterSeconds: 1 }));
  });

  test('success forgives', () => {
    const { throttle } = setUp();
    for (let index = 0; index < 5; index += 1) throttle.attempt(ada);
    throttle.succeeded(ada);
    expect(throttle.attempt(ada)).toEqual({ allowed: true });
  });

  test('an hour without attempts forgives', () => {
    const { clock, throttle } = setUp();
    for (let index = 0; index < 5; index += 1) throttle.attempt(ada);
    clock.advance(60 * 60_000);
    expect(throttle.attempt(ada)).toEqual({ allowed: true });
  });
});

describe('others', () => {
  test('the account from another network is not locked out', () => {
    const { throttle } = setUp();
    for (let index = 0; index < 40; index += 1) throttle.attempt(ada);
    expect(throttle.attempt({ ...ada, address: '198.51.100.9' })).toEqual({ allowed: true });
  });

  test('one IPv6 network is one, however many addresses it has', () => {
    const { throttle } = setUp();
    const allowed = Array.from({ length: 100 }, (_, index) =>
      throttle.attempt({ ...ada, address: `2001:db8:1:2::${index.toString(16)}` }),
    ).filter((turn) => turn.allowed);
    expect(allowed).toHaveLength(5);
  });

  test('an IPv6 site is slowed too: anyone gets 65,536 networks with one', () => {
    const { clock, throttle } = setUp();
    const from = (site: string, index: number) => ({ ...ada, address: `2001:db8:${site}:${index.toString(16)}::1` });
    const allowed = Array.from({ length: 1000 }, (_, index) => throttle.attempt(from('a', index))).filter(
      (turn) => turn.allowed,
    );
    expect(allowed).toHaveLength(200);
    expect(throttle.attempt(from('b', 1))).toEqual({ allowed: true });
    // Others at the site wait for seconds, not for minutes.
    for (let index = 0; index < 20; index += 1) {
      const turn = throttle.attempt(from('a', 2000 + index));
      if (!turn.allowed) expect(turn.retryAfterSeconds).toBeLessThanOrEqual(10);
      clock.advance(10_000);
    }
  });

  test('one password tried on many accounts from one network is slowed', () => {
    const { throttle } = setUp();
    const allowed = Array.from({ length: 200 }, (_, index) =>
      throttle.attempt({ account: `user${index}@example.com`, address: ada.address }),
    ).filter((turn) => turn.allowed);
    expect(allowed).toHaveLength(50);
  });

  test("an attacker's own good account does not cover a spray", () => {
    const { throttle } = setUp();
    const outcomes = Array.from({ length: 200 }, (_, index) => {
      const turn = throttle.attempt({ account: `user${index}@example.com`, address: ada.address });
      if (throttle.attempt(ada).allowed) throttle.succeeded(ada);
      return turn.allowed;
    });
    expect(outcomes.filter((allowed) => allowed).length).toBeLessThanOrEqual(51);
  });
});

test('memory is bounded: the entry unused for longest goes first', () => {
  const { throttle } = setUp(4);
  for (let index = 0; index < 5; index += 1) throttle.attempt(ada);
  expect(throttle.attempt(ada).allowed).toBe(false);
  for (let index = 0; index < 4; index += 1) {
    throttle.attempt({ account: `u${index}@example.com`, address: `198.51.100.${index}` });
  }
  expect(throttle.attempt(ada)).toEqual({ allowed: true });
});
