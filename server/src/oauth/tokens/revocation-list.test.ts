import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeRevocation,
  encodeRevocation,
  REVOCATION_KINDS,
  type RevocableToken,
  RevocationList,
} from './revocation-list.ts';

const tenantId = 'ten_1';
const token: RevocableToken = {
  tenantId,
  jti: 'tok_1',
  grant: 'gnt_1',
  client: 'spa',
  session: 'ses_1',
  user: 'usr_1',
  issuedAt: 1000,
};

describe('one token', () => {
  test.each([
    ['jti', 'tok_1', 1_000_000, true],
    ['grant', 'gnt_1', 1_000_000, true],
    ['client', 'spa', 1_000_999, true],
    ['session', 'ses_1', 1_000_000, true],
    ['user', 'usr_1', 2_000_000, true],
    ['user', 'usr_1', 999_999, false],
    ['user', 'usr_2', 2_000_000, false],
    ['client', 'usr_1', 2_000_000, false],
    ['jti', 'tok_10', 2_000_000, false],
  ] as const)('%s %s before %d: %s', (kind, id, beforeAt, revoked) => {
    const list = new RevocationList();
    list.add({ tenantId, kind, id, beforeAt, expiresAt: 9_000_000 });
    expect(list.isRevoked(token)).toBe(revoked);
    expect(list.isRevoked({ ...token, tenantId: 'ten_2' })).toBe(false);
  });
});

test('never gets weaker, whatever the order of delivery', () => {
  const list = new RevocationList();
  const revocation = { tenantId, kind: 'user', id: 'usr_1', expiresAt: 9_000_000 } as const;
  list.add({ ...revocation, beforeAt: 2_000_000 });
  const { version } = list;
  list.add({ ...revocation, beforeAt: 500_000 });
  list.add({ ...revocation, beforeAt: 2_000_000 });
  expect([list.isRevoked(token), list.size, list.version]).toEqual([true, 1, version]);
});

test('forgets what can concern no token any more', () => {
  const list = new RevocationList();
  list.add({ tenantId, kind: 'jti', id: 'tok_1', beforeAt: 2_000_000, expiresAt: 2_000_000 });
  list.expire(1_999_999);
  expect(list.size).toBe(1);
  list.expire(2_000_000);
  expect(list.size).toBe(0);
});

test('what is written into the change feed is read again', () => {
  const id = fc.string({ unit: fc.constantFrom(...'abcz019_-.:'), minLength: 1, maxLength: 60 });
  const time = fc.integer({ min: 0, max: 9_999_999_999_999 });
  fc.assert(
    fc.property(fc.constantFrom(...REVOCATION_KINDS), id, time, time, (kind, name, beforeAt, expiresAt) => {
      const revocation = { tenantId, kind, id: name, beforeAt, expiresAt };
      expect(decodeRevocation(tenantId, encodeRevocation(revocation))).toEqual(revocation);
    }),
  );
});

test.each(['', 'jti', 'jti 1 2', 'jti 1 2 ', 'jti x 2 a', 'all 1 2 a', 'jti 1 2 a b', 'jti -1 2 a', ' jti 1 2 a'])(
  'refuses %j',
  (text) => expect(decodeRevocation(tenantId, text)).toBeUndefined(),
);
