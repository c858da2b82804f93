import { describe, expect, test } from 'vitest';
import { Attempts } from './attempts.ts';
import { Breaker } from './breaker.ts';
import { RetryBudget } from './retry-budget.ts';
import type { TargetState } from './target-state.ts';
import { UpstreamGroup } from './upstream-group.ts';
import { type UpstreamSpec, upstreamSchema } from './upstream-spec.ts';

const spec = (more: object = {}, weights: readonly number[] = [1, 1]): UpstreamSpec =>
  upstreamSchema.parse({
    targets: weights.map((weight, index) => ({ url: `http://target-${index}.test:80${index}0`, weight })),
    ...more,
  });
const groupOf = (more: object = {}, weights?: readonly number[]) =>
  new UpstreamGroup('ten_1', 'orders', spec(more, weights), () => 1);

function begin(group: UpstreamGroup, now = 0): TargetState {
  const target = group.begin(now);
  if (typeof target === 'string') throw new Error(target);
  return target;
}

const nameOf = (target: TargetState) => target.url.slice(14, 15);

describe('who gets a request', () => {
  test('in turn, as the weights say, and never many times in a row', () => {
    const group = groupOf({ balance: 'round_robin' }, [3, 1, 1]);
    const names = Array.from({ length: 10 }, () => nameOf(begin(group))).join('');
    expect(names).toBe('0102001020');
  });

  test('whoever has least under way for its weight', () => {
    const group = groupOf({}, [3, 1]);
    const targets = Array.from({ length: 8 }, () => begin(group));
    expect(group.targets.map(({ inFlight }) => inFlight)).toEqual([6, 2]);
    for (const target of targets) if (nameOf(target) === '0') group.end(target, 'succeeded', 0);
    expect(nameOf(begin(group))).toBe('0');
  });

  test('equals take turns', () => {
    const group = groupOf({}, [1, 1, 1]);
    for (let count = 0; count < 300; count += 1) group.end(begin(group), 'succeeded', 0);
    expect(group.targets.map(({ requests }) => requests)).toEqual([100, 100, 100]);
  });

  test('one that has come back gets its share little by little', () => {
    const group = groupOf({ balance: 'round_robin', slowStartSeconds: 10 });
    const [first] = group.targets;
    if (first !== undefined) first.recoveredAt = 0;
    const share = (now: number) => {
      const counts = [0, 0];
      for (let count = 0; count < 110; count += 1) {
        const target = begin(group, now);
        counts[Number(nameOf(target))] = (counts[Number(nameOf(target))] ?? 0) + 1;
        group.end(target, 'succeeded', now);
      }
      return counts[0];
    };
    expect(share(0)).toBeLessThanOrEqual(11);
    expect(share(5_000)).toBeLessThanOrEqual(38);
    expect(share(10_000)).toBe(55);
  });
});

describe('ejection', () => {
  const fail = (group: UpstreamGroup, target: TargetState, times: number, now = 0) => {
    for (let count = 0; count < times; count += 1) {
      group.inFlight += 1;
      target.inFlight += 1;
      group.end(target, 'failed', now);
    }
  };

  test('after failures in a row; then one request tries, and brings it back', () => {
    const group = groupOf({ ejection: { failures: 3, seconds: 10 } });
    const [first, second] = group.targets;
    if (first === undefined || second === undefined) throw new Error('no targets');
    fail(group, first, 2);
    group.inFlight += 1;
    first.inFlight += 1;
    group.end(first, 'succeeded', 0);
    fail(group, first, 2);
    expect(first.breaker.state(0)).toBe('closed');
    fail(group, first, 1);
    expect(first.breaker.state(0)).toBe('open');
    for (let count = 0; count < 5; count += 1) expect(begin(group, 9_999)).toBe(second);
    const tries = Array.from({ length: 6 }, () => begin(group, 10_000));
    expect(tries.filter((target) => target === first)).toHaveLength(1);
    group.end(first, 'succeeded', 10_000);
    expect(first.breaker.state(10_000)).toBe('closed');
  });

  test('twice as long each time in a row, and never more than the share', () => {
    const group = groupOf({ ejection: { failures: 1, seconds: 10, shareMax: 0.5 } });
    const [first, second] = group.targets;
    if (first === undefined || second === undefined) throw new Error('no targets');
    fail(group, first, 1);
    fail(group, second, 5);
    expect([first.breaker.state(0), second.breaker.state(0)]).toEqual(['open', 'closed']);
    first.breaker.begin(10_000);
    fail(group, first, 1, 10_000);
    expect(first.breaker.state(29_999)).toBe('open');
    expect(first.breaker.state(30_000)).toBe('half_open');
  });

  const once = { ejection: { failures: 1, seconds: 10 } };
  test.each<[string, (group: UpstreamGroup, other: TargetState) => void]>([
    [
      'is no longer well',
      (_group, other) => void other.checked('answered 500', 0, { healthyAfter: 1, unhealthyAfter: 1 }),
    ],
    ['is no longer there', (group) => group.configure(spec(once, [1]))],
  ])('one that is ejected gets requests all the same when the only other one %s', (_what, change) => {
    const group = groupOf(once);
    const [first, second] = group.targets;
    if (first === undefined || second === undefined) throw new Error('no targets');
    fail(group, first, 1);
    expect(begin(group, 1)).toBe(second);
    change(group, second);
    expect([begin(group, 1), begin(group, 1)]).toEqual([first, first]);
  });

  test('all of them may be ejected where that is what is wanted', () => {
    const group = groupOf({ ejection: { failures: 1, seconds: 10, shareMax: 1 } });
    for (const target of group.targets) fail(group, target, 1);
    expect(group.begin(1)).toBe('upstream_unavailable');
  });

  test('a caller who goes away tells nothing of the target', () => {
    const group = groupOf({ ejection: { failures: 1 } });
    for (let count = 0; count < 20; count += 1) group.end(begin(group), 'unknown', 0);
    expect(group.targets.map(({ breaker }) => breaker.state(0))).toEqual(['closed', 'closed']);
    expect(group.inFlight).toBe(0);
  });

  test('what is known of a target outlives a change of the others', () => {
    const group = groupOf({ ejection: { failures: 1, seconds: 10 } });
    const [first] = group.targets;
    if (first === undefined) throw new Error('no targets');
    fail(group, first, 1);
    group.configure(spec({}, [5, 1, 1]));
    expect(group.targets[0]).toBe(first);
    expect([first.weight, first.breaker.state(0)]).toEqual([5, 'open']);
  });
});

describe('the breaker of all targets', () => {
  test('opens when nothing works, tells so at once, and closes with the first request that does', () => {
    const group = groupOf({ breaker: { failures: 4, seconds: 5 }, ejection: { failures: 100 } });
    for (let count = 0; count < 4; count += 1) group.end(begin(group), 'failed', 0);
    expect(group.begin(4_999)).toBe('upstream_unavailable');
    const trial = begin(group, 5_000);
    expect(group.begin(5_000)).toBe('upstream_unavailable');
    group.end(trial, 'succeeded', 5_000);
    begin(group, 5_000);
    expect(group.refused).toBe(2);
  });

  test('a trial whose caller went away leaves room for another', () => {
    const group = groupOf({ breaker: { failures: 1, seconds: 5 } });
    group.end(begin(group), 'failed', 0);
    group.end(begin(group, 5_000), 'unknown', 5_000);
    group.end(begin(group, 5_000), 'failed', 5_000);
    expect(group.begin(14_999)).toBe('upstream_unavailable');
    begin(group, 15_000);
  });

  test('a trial that lasts, as a stream of events does, keeps the others out for the time-out and no longer', () => {
    const group = groupOf({ breaker: { failures: 1, seconds: 5 }, ejection: { failures: 100 } });
    group.end(begin(group), 'failed', 0);
    const stream = begin(group, 5_000);
    expect(group.begin(9_999)).toBe('upstream_unavailable');
    const another = begin(group, 10_000);
    expect(group.begin(10_001)).toBe('upstream_unavailable');
    group.end(another, 'succeeded', 10_002);
    begin(group, 10_002);
    group.end(stream, 'succeeded', 3_600_000);
    expect(group.inFlight).toBe(1);
  });

  test('so many under way, and no more', () => {
    const group = groupOf({ breaker: { inFlightMax: 3 } });
    const targets = [begin(group), begin(group), begin(group)];
    expect(group.begin(0)).toBe('upstream_saturated');
    group.end(targets[0] ?? begin(group), 'unknown', 0);
    begin(group);
    expect(group.begin(0)).toBe('upstream_saturated');
  });

  test('who found no room among the connections says nothing of the target, and is sent to another', () => {
    const group = groupOf({ breaker: { failures: 1 }, ejection: { failures: 1 }, retries: { most: 1 } });
    const first = begin(group);
    const attempts = new Attempts(group, first);
    expect(attempts.retry('saturated', 0)).toBeDefined();
    expect(attempts.target.origin).not.toBe(first.target.origin);
    attempts.end({ status: 503, aborted: false, upstreamFailure: 'saturated' }, 1);
    expect([group.state(1), group.inFlight, group.targets.map(({ failed }) => failed)]).toEqual(['closed', 0, [0, 0]]);
  });

  test('failures of requests that were sent before it opened do not keep it open longer', () => {
    const breaker = new Breaker();
    const rule = { failures: 2, seconds: 1 };
    for (let count = 0; count < 50; count += 1) breaker.failed(0, rule);
    expect([breaker.opened, breaker.state(999), breaker.state(1_000)]).toEqual([1, 'open', 'half_open']);
  });
});

describe('retries', () => {
  test('go elsewhere at once, then wait', () => {
    const group = groupOf({ retries: { most: 3, budget: 1 } });
    const first = begin(group);
    group.end(first, 'failed', 0);
    const second = group.retry({ tried: new Set([first]) }, 0, 0);
    expect(second?.target).not.toBe(first);
    expect(second?.afterMilliseconds).toBe(0);
    if (second === undefined) throw new Error('no retry');
    group.end(second.target, 'failed', 0);
    const tried = new Set([first, second.target]);
    const third = group.retry({ tried }, 1, 0);
    expect(third?.afterMilliseconds).toBe(50);
    expect(group.retry({ tried }, 3, 0)).toBeUndefined();
  });

  test('are a part of the requests, and ten besides', () => {
    const budget = new RetryBudget();
    let spent = 0;
    for (let request = 0; request < 1000; request += 1) {
      budget.earn(0.2);
      if (budget.spend()) spent += 1;
    }
    expect(spent).toBeLessThanOrEqual(210);
    expect(spent).toBeGreaterThanOrEqual(200);
  });

  test('none with a budget of nothing, once what was saved is spent', () => {
    const budget = new RetryBudget();
    const spent = Array.from({ length: 50 }, () => {
      budget.earn(0);
      return budget.spend();
    });
    expect(spent.filter(Boolean)).toHaveLength(10);
  });
});
