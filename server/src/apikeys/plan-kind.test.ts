import { describe, expect, test } from 'vitest';
import { planKind } from './plan-kind.ts';

test('a plan holds one limit or several', () => {
  const spec = {
    limits: [
      { requests: 10, perSeconds: 1, burst: 20 },
      { requests: 1000, perSeconds: 86_400 },
    ],
  };
  expect(planKind.schema.parse(spec)).toEqual(spec);
  expect(planKind.check(planKind.schema.parse(spec))).toEqual([]);
});

describe('refused', () => {
  test.for([
    ['no limit', { limits: [] }],
    ['none at all', {}],
    ['nothing allowed', { limits: [{ requests: 0, perSeconds: 1 }] }],
    ['no period', { limits: [{ requests: 1, perSeconds: 0 }] }],
    ['half a request', { limits: [{ requests: 1.5, perSeconds: 1 }] }],
    ['an unknown field', { limits: [{ requests: 1, perSeconds: 1, per: 'minute' }] }],
    ['nine limits', { limits: Array.from({ length: 9 }, (_, n) => ({ requests: 1, perSeconds: n + 1 })) }],
  ] as const)('%s', ([, spec]) => {
    expect(planKind.schema.safeParse(spec).success).toBe(false);
  });

  test('two limits for one period', () => {
    const spec = planKind.schema.parse({
      limits: [
        { requests: 1, perSeconds: 1 },
        { requests: 2, perSeconds: 1 },
      ],
    });
    expect(planKind.check(spec)).toEqual([expect.objectContaining({ path: 'limits.1.perSeconds' })]);
  });
});
