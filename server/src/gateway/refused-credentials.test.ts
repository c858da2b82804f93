import { describe, expect, test } from 'vitest';
import type { Verdict } from './exchange.ts';
import { head, KEY, openFixture, outcome, principal, seen } from './gateway.fixture.ts';
import type { Verification } from './ports.ts';

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

describe('a key that nobody knows yet', () => {
  const ask = (whenHeard: (text: string) => Promise<void> | undefined) => {
    const fixture = openFixture({
      credentials: { [KEY]: 'unknown' },
      deps: { apiKeys: { verifyApiKey: (text) => verify(text), whenHeard } },
    });
    const verify = (text: string): Verification =>
      fixture.credentials[text] === 'unknown'
        ? { ok: false, reason: 'unknown', description: '' }
        : { ok: true, principal: former };
    return { fixture, verdict: fixture.gateway.handler(head('/weather/paris', { credential: KEY })) };
  };

  test('is judged once more when it has been heard of', async () => {
    const heard = Promise.withResolvers<void>();
    const { fixture, verdict } = ask(() => heard.promise);
    expect(verdict).toBeInstanceOf(Promise);
    fixture.credentials[KEY] = former;
    heard.resolve();
    expect(seen(await verdict).status).toBe(0);
  });

  test('is unknown when it was waited for in vain', async () => {
    const { fixture, verdict } = ask(() => Promise.resolve());
    const found = await verdict;
    expect(seen(found)).toMatchObject({ status: 401, problem: { reason: 'unknown' } });
    found.onDone(outcome(401));
    expect(fixture.records).toMatchObject([{ reason: 'unknown', allowed: false }]);
  });

  test('is unknown at once when it is not waited for, and only that is asked', () => {
    const asked: string[] = [];
    const { verdict } = ask((text) => void asked.push(text));
    expect(seen(settledAtOnce(verdict)).status).toBe(401);
    expect(asked).toEqual([KEY]);
  });
});

function settledAtOnce(verdict: Verdict | Promise<Verdict>): Verdict {
  if (verdict instanceof Promise) throw new Error('somebody was waited for');
  return verdict;
}
