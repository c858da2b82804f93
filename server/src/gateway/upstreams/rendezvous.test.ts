import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOfText, scoreOf } from './rendezvous.ts';
import type { TargetState } from './target-state.ts';
import { UpstreamGroup } from './upstream-group.ts';
import { upstreamSchema } from './upstream-spec.ts';

interface Target {
  url: string;
  weight: number;
}

const specOf = (targets: readonly Target[], more: object = {}) =>
  upstreamSchema.parse({ targets, hash: { by: 'header', name: 'x-account' }, ...more });
const groupOf = (targets: readonly Target[], more?: object) =>
  new UpstreamGroup('ten_1', 'orders', specOf(targets, more), () => 1);

function begin(group: UpstreamGroup, value: string, now = 0): TargetState {
  const target = group.begin(now, hashOfText(value));
  if (typeof target === 'string') throw new Error(target);
  return target;
}

function homeOf(group: UpstreamGroup, value: string, now = 0): string {
  const target = begin(group, value, now);
  group.end(target, 'succeeded', now);
  return target.url;
}

const urlOf = (index: number) => `http://10.0.0.${index}:8080`;
const someTargets = fc
  .uniqueArray(fc.record({ index: fc.nat(255), weight: fc.integer({ min: 1, max: 20 }) }), {
    selector: ({ index }) => index,
    minLength: 2,
    maxLength: 12,
  })
  .map((found) => found.map(({ index, weight }) => ({ url: urlOf(index), weight })));
const someValues = fc.array(fc.string(), { minLength: 1, maxLength: 60 });
const VALUES = Array.from({ length: 30_000 }, (_, index) => `account-${index}`);

function sharesOf(group: UpstreamGroup): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of VALUES) {
    const home = homeOf(group, value);
    counts.set(home, (counts.get(home) ?? 0) + 1);
  }
  return counts;
}

describe('a value and its target', () => {
  test('are the same in every process, and in every version to come', () => {
    // From a program of its own, in another language. Whoever changes these moves the values of everybody who runs two versions for a while.
    expect(['', 'a', 'account-17', 'ключ'].map(hashOfText)).toEqual([2872998923, 444641715, 3805198630, 3185335672]);
    expect(scoreOf(hashOfText('account-17'), hashOfText(urlOf(1)), 1)).toBeCloseTo(0.4757687068727049, 12);
    const group = groupOf([1, 2, 3].map((index) => ({ url: urlOf(index), weight: 1 })));
    expect(VALUES.slice(0, 12).map((value) => homeOf(group, value))).toEqual(
      [2, 3, 1, 2, 3, 2, 3, 1, 2, 1, 3, 2].map(urlOf),
    );
  });

  test('stay together wherever the target stands in the list, and whatever went before', () => {
    fc.assert(
      fc.property(someTargets, someValues, (targets, values) => {
        const [group, other] = [groupOf(targets), groupOf(targets.toReversed())];
        for (const value of values) expect(homeOf(other, value)).toBe(homeOf(group, value));
        for (const value of values) expect(homeOf(group, value)).toBe(homeOf(other, value));
      }),
    );
  });

  test('a target that leaves, or comes, moves its own share alone', () => {
    fc.assert(
      fc.property(someTargets, someValues, fc.nat(), (targets, values, at) => {
        const left = targets[at % targets.length]?.url;
        const [all, without] = [groupOf(targets), groupOf(targets.filter(({ url }) => url !== left))];
        for (const value of values) {
          const home = homeOf(all, value);
          const instead = homeOf(without, value);
          if (home === left) expect(instead).not.toBe(left);
          else expect(instead).toBe(home);
        }
      }),
    );
  });

  test('more weight takes values from the others, and moves none between them', () => {
    fc.assert(
      fc.property(someTargets, someValues, (targets, values) => {
        const [first, ...others] = targets;
        if (first === undefined) return;
        const [before, after] = [groupOf(targets), groupOf([{ ...first, weight: first.weight * 3 }, ...others])];
        for (const value of values) {
          const home = homeOf(after, value);
          if (home !== first.url) expect(home).toBe(homeOf(before, value));
        }
      }),
    );
  });

  test.each([[[1, 1, 1]], [[1, 2, 5]], [[10, 1]], [[3, 3, 1, 1, 1, 1]]])('shares are as weights say: %j', (weights) => {
    const group = groupOf(weights.map((weight, index) => ({ url: urlOf(index), weight })));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = sharesOf(group);
    for (const [index, weight] of weights.entries()) {
      const expected = (VALUES.length * weight) / total;
      // Five standard deviations of as many throws.
      const tolerance = 5 * Math.sqrt(expected * (1 - weight / total));
      expect(Math.abs((shares.get(urlOf(index)) ?? 0) - expected)).toBeLessThan(tolerance);
    }
  });

  test('what a target leaves behind goes to all of the others, by their weights', () => {
    const targets = [4, 1, 2].map((weight, index) => ({ url: urlOf(index), weight }));
    const [all, without] = [groupOf(targets), groupOf(targets.slice(1))];
    const orphans = VALUES.filter((value) => homeOf(all, value) === urlOf(0));
    const second = orphans.filter((value) => homeOf(without, value) === urlOf(1)).length;
    expect(second / orphans.length).toBeCloseTo(1 / 3, 1);
  });
});

describe('a target that may not be taken', () => {
  const targets = [1, 2, 3].map((index) => ({ url: urlOf(index), weight: 1 }));

  test('while it is not well its values are at others, and they come back', () => {
    const group = groupOf(targets);
    const home = homeOf(group, 'account-17');
    const other = homeOf(groupOf(targets.filter(({ url }) => url !== home)), 'account-17');
    const state = group.targets.find(({ url }) => url === home);
    const elsewhere = VALUES.filter((value) => homeOf(group, value) !== home).slice(0, 300);
    const before = elsewhere.map((value) => homeOf(group, value));
    state?.checked('no connection', 0, { healthyAfter: 1, unhealthyAfter: 1 });
    expect(homeOf(group, 'account-17')).toBe(other);
    expect(elsewhere.map((value) => homeOf(group, value))).toEqual(before);
    state?.checked('', 0, { healthyAfter: 1, unhealthyAfter: 1 });
    expect(homeOf(group, 'account-17')).toBe(home);
  });

  test('ejected as well; the request that tries is one of its own', () => {
    const group = groupOf(targets, { ejection: { failures: 1, seconds: 10 } });
    const home = begin(group, 'account-17', 0);
    group.end(home, 'failed', 0);
    expect(homeOf(group, 'account-17', 9_999)).not.toBe(home.url);
    const tries = begin(group, 'account-17', 10_000);
    expect(tries).toBe(home);
    expect(begin(group, 'account-17', 10_000)).not.toBe(home);
    group.end(tries, 'succeeded', 10_001);
    expect(homeOf(group, 'account-17', 10_002)).toBe(home.url);
  });

  test('retries go down the order of the value, whose next is where it would be without the first', () => {
    fc.assert(
      fc.property(someTargets, fc.string(), (some, value) => {
        const group = groupOf(some, { retries: { most: 5, budget: 1 } });
        const hash = hashOfText(value);
        let left = some;
        const tried = new Set<TargetState>([begin(group, value)]);
        for (let retried = 0; retried < Math.min(5, some.length - 1); retried += 1) {
          left = left.filter(({ url }) => ![...tried].some((state) => state.url === url));
          const next = group.retry({ tried }, retried, 0, hash)?.target;
          expect(next?.url).toBe(homeOf(groupOf(left), value));
          if (next !== undefined) tried.add(next);
        }
      }),
    );
  });

  test('a request without a value goes as without the setting', () => {
    const group = groupOf(targets, { balance: 'round_robin' });
    const found = Array.from({ length: 6 }, () => group.begin(0));
    expect(found.map((target) => (typeof target === 'string' ? target : target.url))).toEqual(
      [1, 2, 3, 1, 2, 3].map(urlOf),
    );
  });
});
