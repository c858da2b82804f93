import { expect, test } from 'vitest';
import { head, KEY, openFixture, outcome, principal, seen } from './gateway.fixture.ts';

const former = principal();

test.each([
  ['a revoked key', former, former.id, former.credential.id],
  ['a key of another tenant', principal({ tenantId: 'ten_other' }), 'unknown', ''],
  ['a key nobody knows', undefined, 'unknown', ''],
])('%s is refused, and recorded under whose it was', async (_what, whose, principalId, credentialId) => {
  const asked: unknown[] = [];
  const { gateway, records } = openFixture({
    decide: (request) => {
      asked.push(request);
      throw new TypeError('nothing is decided for a refused credential');
    },
    deps: {
      apiKeys: {
        verifyApiKey: () => ({ ok: false, reason: 'revoked', description: '', ...(whose && { former: whose }) }),
      },
    },
  });
  const verdict = await gateway.handler(head('/weather/paris', { credential: KEY }));
  expect(seen(verdict).status).toBe(401);
  verdict.onDone(outcome(401));
  expect(records).toMatchObject([{ principalId, credentialId, allowed: false, reason: 'revoked', status: 401 }]);
  expect(asked).toEqual([]);
});
