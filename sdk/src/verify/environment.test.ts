/** Test keys and live keys, as services see them that verify by themselves. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createVerifier, type Verifier } from './create-verifier.ts';
import { type FakeIssuer, startIssuer } from './issuer.fixture.ts';

let issuer: FakeIssuer;
let verifier: Verifier;
let asked: unknown[];
let said: Record<string, unknown>;
beforeEach(async () => {
  issuer = await startIssuer();
  asked = [];
  said = {};
  issuer.answer = (url, init) => {
    if (url.endsWith('/introspect')) return issuer.json({ active: true, ...issuer.claims(), ...said });
    if (!url.endsWith('/access/v1/evaluation')) return undefined;
    asked.push(JSON.parse(String(init?.body)));
    return issuer.json({ decision: true });
  };
  verifier = createVerifier({ ...issuer.options, clientId: 'server', clientSecret: 's', decisionKey: 'k' });
});
afterEach(() => verifier.close());

test.each<[claims: Record<string, unknown>, environment: string | undefined]>([
  [{ api_key_environment: 'test' }, 'test'],
  [{ api_key_environment: 'live' }, 'live'],
  [{}, undefined],
  [{ environment: 'live' }, undefined],
])('a token that says %j', async (claims, environment) => {
  const auth = await verifier.verifyToken(await issuer.sign(claims));
  expect(auth.environment).toBe(environment);
  expect('environment' in auth).toBe(environment !== undefined);
});

test.each([['staging'], ['TEST'], [['live', 'test']], [null], [1]])('%j is no environment', async (value) => {
  const token = await issuer.sign({ api_key_environment: value });
  await expect(verifier.verifyToken(token)).rejects.toMatchObject({ code: 'credential_malformed' });
});

test.each(['test', 'live'])('what is looked up, of a %s key; and policies are told', async (environment) => {
  said = { api_key_environment: environment };
  const auth = await verifier.verifyToken('an-opaque-token');
  expect(auth.environment).toBe(environment);
  await verifier.authorize(auth, { action: 'read', resource: { type: 'Order', id: '1' } });
  expect(asked).toMatchObject([{ subject: { properties: { environment } } }]);
});
