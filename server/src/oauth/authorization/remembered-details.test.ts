/** Authorization details (RFC 9396) that a person agreed to once, and those that are asked about each time. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ALICE, actor, openWorld, SPA_REQUEST, TENANT, type World } from '../oauth-world.fixture.ts';

const BANK = 'https://bank.example.com';
const CALLBACK = 'https://budget.example.com/callback';
let world: World;
beforeAll(async () => {
  world = await openWorld();
  const schema = { type: 'object', properties: { type: { type: 'string' }, account: { type: 'string' } } };
  const authorizationDetails = {
    payment: { description: 'Pay once', schema },
    account: { description: 'Read an account', schema, remembered: true },
  };
  await world.apply([
    { kind: 'api', name: 'bank', spec: { audience: BANK, authorizationDetails } },
    {
      kind: 'api',
      name: 'other-bank',
      spec: { audience: 'https://other.example.com', authorizationDetails: { account: { description: 'x', schema } } },
    },
    {
      kind: 'client',
      name: 'budget',
      spec: {
        type: 'confidential',
        grants: ['authorization_code'],
        redirectUris: [CALLBACK],
        scopes: ['openid'],
        apis: ['bank', 'other-bank'],
        authorizationDetailTypes: ['payment', 'account'],
      },
    },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());
beforeEach(() => world.signIn());

type Detail = Record<string, unknown>;
const ask = (details: Detail[], resource = BANK) =>
  world.authorize({
    ...SPA_REQUEST,
    client_id: 'budget',
    redirect_uri: CALLBACK,
    scope: 'openid',
    resource,
    authorization_details: JSON.stringify(details),
  });
async function agree(details: Detail[], resource = BANK) {
  const outcome = await ask(details, resource);
  if (outcome.kind !== 'consent') throw new TypeError(JSON.stringify(outcome));
  await world.consent({ interaction: outcome.prompt.interaction, decision: 'allow' });
}
const MINE = { type: 'account', account: 'CH93' };

test('the very same is not asked again, whatever the order of its members; anything else is', async () => {
  await agree([MINE]);
  expect(await ask([MINE])).toMatchObject({ kind: 'redirect' });
  expect(await ask([{ account: 'CH93', type: 'account' }])).toMatchObject({ kind: 'redirect' });
  expect(await ask([{ ...MINE, account: 'CH94' }])).toMatchObject({ kind: 'consent' });
  expect(await ask([{ ...MINE, extra: true }])).toMatchObject({ kind: 'consent' });
  expect(await ask([MINE, { type: 'payment' }])).toMatchObject({ kind: 'consent' });
  await agree([{ ...MINE, account: 'CH94' }]);
  expect(await ask([MINE, { ...MINE, account: 'CH94' }])).toMatchObject({ kind: 'redirect' });
});

test('a payment is asked about each time', async () => {
  await agree([{ type: 'payment', account: 'CH93' }]);
  expect(await ask([{ type: 'payment', account: 'CH93' }])).toMatchObject({ kind: 'consent' });
});

test('at another API, which does not remember the type, it is asked about', async () => {
  const there = 'https://other.example.com';
  await agree([MINE], there);
  expect(await ask([MINE], there)).toMatchObject({ kind: 'consent' });
});

test('it is forgotten with everything else that the person takes back', async () => {
  await agree([{ ...MINE, account: 'CH95' }]);
  const [application] = await world.oauth.connectedApplications({ tenantId: TENANT, userId: ALICE });
  await world.oauth.disconnectApplication({ tenantId: TENANT, userId: ALICE, id: application?.id ?? '', actor });
  expect(await ask([{ ...MINE, account: 'CH95' }])).toMatchObject({ kind: 'consent' });
});
