import { describe, expect, test } from 'vitest';
import { dueSteps, type LivingKey } from './signing-key-life-cycle.ts';

const times = { announcedMs: 10, activeMs: 100, retiringMs: 50 };
const key = (id: string, state: LivingKey['state'], more: Partial<LivingKey> = {}): LivingKey => ({
  id,
  state,
  alg: 'ES256',
  activates_at: 0,
  retires_at: null,
  gone_at: null,
  ...more,
});

describe('what is due', () => {
  test.for([
    ['nothing for no keys', [], 1000, []],
    ['nothing for a young active key', [key('a', 'active')], 99, []],
    ['the next key, when the active one is old', [key('a', 'active')], 100, [{ kind: 'announce', alg: 'ES256' }]],
    ['no second announcement', [key('a', 'active'), key('b', 'announced', { activates_at: 110 })], 109, []],
    [
      'the announced key takes over, the active one retires',
      [key('a', 'active', { activates_at: 90 }), key('b', 'announced', { activates_at: 110 })],
      110,
      [{ kind: 'activate', id: 'b', retires: 'a' }],
    ],
    [
      'the announced key takes over where none is active',
      [key('b', 'announced', { activates_at: 110 })],
      111,
      [{ kind: 'activate', id: 'b', retires: undefined }],
    ],
    [
      'algorithms do not touch one another',
      [key('a', 'active', { alg: 'RS256', activates_at: 90 }), key('b', 'announced', { activates_at: 110 })],
      110,
      [{ kind: 'activate', id: 'b', retires: undefined }],
    ],
    ['nothing while a retiring key is still needed', [key('a', 'retiring', { gone_at: 50 })], 49, []],
    ['erasure after that', [key('a', 'retiring', { gone_at: 50 })], 50, [{ kind: 'erase', id: 'a' }]],
    ['nothing for what is gone', [key('a', 'gone', { gone_at: 50 })], 1000, []],
  ] as const)('%s', ([, keys, now, expected]) => {
    expect(dueSteps(keys, now, times)).toEqual(expected);
  });
});
