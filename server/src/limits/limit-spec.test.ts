import { describe, expect, test } from 'vitest';
import { checkLimits, formOf, limitSchema, limitsSchema } from './limit-spec.ts';

describe('four forms', () => {
  test.for([
    ['bucket', { requests: 10, perSeconds: 1 }],
    ['bucket', { requests: 10, perSeconds: 1, burst: 20, by: 'ip' }],
    ['window', { requests: 10, perSeconds: 60, window: 'sliding' }],
    ['quota', { requests: 1_000_000_000, per: 'month', by: 'organization' }],
    ['concurrency', { concurrent: 5, by: 'route' }],
  ] as const)('%s', ([form, spec]) => {
    const parsed = limitSchema.parse(spec);
    expect(parsed).toEqual(spec);
    expect(formOf(parsed)).toBe(form);
    expect(checkLimits([parsed], 'limits', 'credential')).toEqual([]);
  });
});

describe('refused by the schema', () => {
  test.for([
    ['nothing allowed', { requests: 0, perSeconds: 1 }],
    ['less than nothing', { requests: -1, perSeconds: 1 }],
    ['half a request', { requests: 1.5, perSeconds: 1 }],
    ['a text', { requests: '10', perSeconds: 1 }],
    ['no period', { requests: 1, perSeconds: 0 }],
    ['more than a year', { requests: 1, perSeconds: 31_536_001 }],
    ['another period', { requests: 1, per: 'week' }],
    ['another window', { requests: 1, perSeconds: 1, window: 'fixed' }],
    ['another subject', { requests: 1, perSeconds: 1, by: 'user' }],
    ['nobody at a time', { concurrent: 0 }],
    ['an unknown field', { requests: 1, perSeconds: 1, unit: 'bytes' }],
  ] as const)('%s', ([, spec]) => {
    expect(limitSchema.safeParse(spec).success).toBe(false);
  });

  test('more than eight, and none', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ requests: 1, perSeconds: index + 1 }));
    expect(limitsSchema.safeParse(many).success).toBe(false);
    expect(limitsSchema.safeParse([]).success).toBe(false);
  });
});

describe('refused by the check', () => {
  test.for([
    ['nothing at all', [{}], 'limits.0.requests'],
    ['a bucket without a period', [{ requests: 1 }], 'limits.0.perSeconds'],
    ['a window without a period', [{ requests: 1, window: 'sliding' }], 'limits.0.perSeconds'],
    ['a window with a burst', [{ requests: 1, perSeconds: 1, window: 'sliding', burst: 2 }], 'limits.0.burst'],
    ['a window longer than a day', [{ requests: 1, perSeconds: 86_401, window: 'sliding' }], 'limits.0.perSeconds'],
    ['a quota with seconds', [{ requests: 1, per: 'day', perSeconds: 60 }], 'limits.0.perSeconds'],
    ['a quota with a burst', [{ requests: 1, per: 'day', burst: 60 }], 'limits.0.burst'],
    ['a quota of nothing', [{ per: 'day' }], 'limits.0.requests'],
    ['requests at the same time and in a period', [{ concurrent: 1, requests: 5, perSeconds: 1 }], 'limits.0.requests'],
    ['a period at a time', [{ concurrent: 1, perSeconds: 1 }], 'limits.0.perSeconds'],
    ['two quotas', [{ concurrent: 1, per: 'day' }], 'limits.0.per'],
    ['a huge bucket', [{ requests: 10_000_001, perSeconds: 1 }], 'limits.0.requests'],
    [
      'one period twice',
      [
        { requests: 1, perSeconds: 1 },
        { requests: 2, perSeconds: 1 },
      ],
      'limits.1.perSeconds',
    ],
    [
      'one quota twice',
      [
        { requests: 1, per: 'day' },
        { requests: 2, per: 'day' },
      ],
      'limits.1.per',
    ],
    ['at a time twice', [{ concurrent: 1 }, { concurrent: 2 }], 'limits.1.concurrent'],
    ['the same said in two ways', [{ concurrent: 1 }, { concurrent: 2, by: 'credential' }], 'limits.1.concurrent'],
  ] as const)('%s', ([, specs, path]) => {
    const errors = checkLimits(
      specs.map((spec) => limitSchema.parse(spec)),
      'limits',
      'credential',
    );
    expect(errors[0]?.path).toBe(path);
  });

  test('but one period for two subjects is two limits', () => {
    const specs = [
      { requests: 1, perSeconds: 1, by: 'credential' as const },
      { requests: 2, perSeconds: 1, by: 'organization' as const },
    ];
    expect(checkLimits(specs, 'limits', 'credential')).toEqual([]);
  });
});
