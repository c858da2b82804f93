import { expect, test } from 'vitest';
import { head, KEY, openFixture, outcome, principal, seen } from './gateway.fixture.ts';

const former = principal();
const foreign = principal({ tenantId: 'ten_other' });

test.each([
  ['a revoked key', 'revoked', former, 401, former.id, former.credential.id, 'revoked'],
  ['a key set aside', 'quarantined', former, 401, former.id, former.credential.id, 'quarantined'],
  ['a key used elsewhere', 'wrong_place', former, 403, former.id, former.credential.id, 'wrong_place'],
  ['a revoked key of another tenant', 'revoked', foreign, 401, 'unknown', '', 'unknown'],
  ['another tenant’s key used elsewhere', 'wrong_place', foreign, 401, 'unknown', '', 'unknown'],
  ['a key nobody knows', 'unknown', undefined, 401, 'unknown', '', 'unknown'],
] as const)('%s is refused, and recorded under whose it was', async (...row) => {
  const [_what, verdictReason, whose, status, principalId, credentialId, reason] = row;
  const asked: unknown[] = [];
  const { gateway, records } = openFixture({
    decide: (request) => {
      asked.push(request);
      throw new TypeError('nothing is decided for a refused credential');
    },
    deps: {
      apiKeys: {
        verifyApiKey: () => ({ ok: false, reason: verdictReason, description: '', ...(whose && { former: whose }) }),
      },
    },
  });
  const verdict = await gateway.handler(head('/weather/paris', { credential: KEY }));
  expect(seen(verdict).status).toBe(status);
  verdict.onDone(outcome(status));
  expect(records).toMatchObject([{ principalId, credentialId, allowed: false, reason, status }]);
  expect(asked).toEqual([]);
});
