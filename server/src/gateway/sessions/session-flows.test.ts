/** Signing out at another provider, which may be out of reach. */
import { expect, test } from 'vitest';
import { GatehouseError, DEFAULT_TENANT_ID as TENANT } from '#base';
import { compileSession } from './compile-session.ts';
import { type SessionFlowDeps, sessionFlows } from './session-flows.ts';
import { browserSessionSchema } from './session-spec.ts';

const issuer = 'https://login.partner.example';
const session = compileSession(TENANT, {
  name: 'shop',
  createdAt: 0,
  spec: browserSessionSchema.parse({
    ...{ origin: 'https://shop.test', api: 'shop', scopes: ['openid'] },
    provider: { issuer, clientId: 'shop', secret: { upstream: 'partner', name: 'secret' } },
  }),
});
const kept = {
  ...{ accessToken: 'at', refreshToken: 'rt', issuedAt: 0, expiresAt: 9e12, sessionId: 's', grantId: undefined },
  ...{ userId: `${issuer}#ann`, idToken: 'it' },
};
const flowsWith = (end: () => Promise<string | undefined>) =>
  sessionFlows({ foreignFlows: { end }, secretOf: () => undefined } as unknown as SessionFlowDeps, session);
const failing = (category: 'unavailable' | 'internal') => () =>
  Promise.reject(new GatehouseError('provider', { category, message: 'no' }));

test('leads there, and stays where the provider can not be reached', async () => {
  expect(await flowsWith(async () => 'https://there.example').end(kept)).toBe('https://there.example');
  expect(await flowsWith(failing('unavailable')).end(kept)).toBeUndefined();
  await expect(flowsWith(failing('internal')).end(kept)).rejects.toThrow('no');
});

test('the provider of today is shown nothing of another', async () => {
  const asked: string[] = [];
  const flows = flowsWith(async () => String(asked.push('end')));
  expect(await flows.end({ ...kept, userId: 'https://other.example#ann' })).toBeUndefined();
  expect(asked).toEqual([]);
});
