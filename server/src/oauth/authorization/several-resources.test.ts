/** Several APIs in one authorization (RFC 8707), and what exactly is asked for there (RFC 9396). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BILLING,
  claimsOf,
  type Form,
  openWorld,
  SPA_REDEEM,
  SPA_REQUEST,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';

let world: World;
const PAYMENTS = 'https://payments.example.com';
const CALLBACK = 'https://shop.example.com/callback';
const payment = { type: 'payment', amount: { currency: 'EUR', value: '12.50' }, creditor: 'Green Energy' };

const schema = {
  type: 'object',
  properties: {
    type: { const: 'payment' },
    locations: { type: 'array', items: { type: 'string' } },
    amount: {
      type: 'object',
      properties: { currency: { enum: ['EUR', 'USD'] }, value: { type: 'string', pattern: '^[0-9]+\\.[0-9]{2}$' } },
      required: ['currency', 'value'],
      additionalProperties: false,
    },
    creditor: { type: 'string', maxLength: 70 },
  },
  required: ['type', 'amount', 'creditor'],
  additionalProperties: false,
};

beforeAll(async () => {
  world = await openWorld();
  const authorizationDetails = { payment: { description: 'Pay once', schema } };
  const shop = {
    type: 'public',
    grants: ['authorization_code', 'refresh_token'],
    redirectUris: [CALLBACK],
    scopes: ['openid', 'weather:read', 'bills:read'],
    apis: ['weather', 'billing', 'payments'],
    authorizationDetailTypes: ['payment'],
  };
  await world.apply([
    { kind: 'api', name: 'payments', spec: { audience: PAYMENTS, authorizationDetails } },
    { kind: 'client', name: 'shop', spec: { ...shop, firstParty: true } },
    { kind: 'client', name: 'asking-shop', spec: shop },
    {
      kind: 'client',
      name: 'paying-machine',
      spec: {
        type: 'confidential',
        grants: ['client_credentials'],
        apis: ['payments'],
        resourceServerFor: ['payments'],
        authorizationDetailTypes: ['payment'],
      },
    },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world?.close());
beforeEach(() => world.signIn());

type Pairs = readonly (readonly [string, string])[];
const REQUEST = { ...SPA_REQUEST, client_id: 'shop', redirect_uri: CALLBACK };
const ask = (form: Form, more: Pairs = []) => world.authorizeText({ ...REQUEST, ...form }, more);
const details = (...list: unknown[]) => JSON.stringify(list);

async function answer(form: Form, more: Pairs = []): Promise<Record<string, string>> {
  const outcome = await ask(form, more);
  if (outcome.kind !== 'redirect') throw new TypeError(JSON.stringify(outcome));
  return Object.fromEntries(new URL(outcome.location).searchParams);
}
const redeem = (code: string | undefined, more: Form = {}) =>
  world.token({ ...SPA_REDEEM, client_id: 'shop', redirect_uri: CALLBACK, code, ...more });

describe('several resources (RFC 8707 §2)', () => {
  const both: Pairs = [
    ['resource', WEATHER],
    ['resource', BILLING],
  ];
  const scope = 'openid weather:read bills:read';

  test('each token is for one of them, with its own scopes', async () => {
    const first = await redeem((await answer({ scope }, both)).code, { resource: WEATHER });
    expect(claimsOf(first.body.access_token)).toMatchObject({ scope: 'openid weather:read' });
    const refresh = { grant_type: 'refresh_token', client_id: 'shop', refresh_token: String(first.body.refresh_token) };
    const second = await world.token({ ...refresh, resource: BILLING });
    expect(claimsOf(second.body.access_token)).toMatchObject({ scope: 'openid bills:read' });
    const third = { ...refresh, refresh_token: String(second.body.refresh_token) };
    expect((await world.token({ ...third, resource: PAYMENTS })).body.error).toBe('invalid_target');
    expect((await world.token(third)).body.error).toBe('invalid_target');
  });

  test('a code is not spent on a request that names none, or another', async () => {
    const { code } = await answer({ scope }, both);
    expect((await redeem(code)).body.error).toBe('invalid_target');
    expect((await redeem(code, { resource: PAYMENTS })).body.error).toBe('invalid_target');
    expect((await redeem(code, { resource: BILLING })).status).toBe(200);
  });

  test.each([
    [
      'one that it may not call',
      [...both, ['resource', 'https://other.example.com']] as Pairs,
      scope,
      'invalid_target',
    ],
    ['a scope that none of them knows', both, 'profile', 'invalid_scope'],
    ['too many', [1, 2, 3, 4, 5, 6].map((n) => ['resource', `urn:${n}`] as const), scope, 'invalid_target'],
  ])('refused: %s', async (_, more, wanted, error) => {
    expect((await answer({ scope: wanted }, more)).error).toBe(error);
  });
});

describe('authorization details (RFC 9396)', () => {
  test('go into token, response and introspection, and nowhere but to their own API', async () => {
    const { code } = await answer({ scope: 'openid', authorization_details: details(payment) });
    const { body } = await redeem(code);
    expect(body.authorization_details).toEqual([payment]);
    expect(claimsOf(body.access_token)).toMatchObject({ authorization_details: [payment] });
    const machine = { client_id: 'paying-machine', client_secret: await world.secretOf('paying-machine') };
    const told = await world.introspect({ token: String(body.access_token), ...machine });
    expect(told.body).toMatchObject({ active: true, authorization_details: [payment] });
  });

  test('at the token endpoint some of them may be named, and nothing else', async () => {
    const second = { ...payment, creditor: 'Blue Water' };
    const both = { scope: 'openid', authorization_details: details(payment, second) };
    const narrowed = await redeem((await answer(both)).code, { authorization_details: details(second) });
    expect(narrowed.body.authorization_details).toEqual([second]);
    const { code } = await answer(both);
    const more = details({ ...payment, amount: { currency: 'EUR', value: '99.00' } });
    expect((await redeem(code, { authorization_details: more })).body.error).toBe('invalid_authorization_details');
    expect((await redeem(code)).body.authorization_details).toEqual([payment, second]);
  });

  test('people see every value, each time anew', async () => {
    const form = { client_id: 'asking-shop', scope: 'openid', authorization_details: details(payment) };
    for (let time = 0; time < 2; time += 1) {
      const outcome = await ask(form);
      if (outcome.kind !== 'consent') throw new TypeError(outcome.kind);
      expect(outcome.prompt.details).toEqual([
        {
          type: 'payment',
          description: 'Pay once',
          values: [
            { name: 'amount.currency', value: 'EUR' },
            { name: 'amount.value', value: '12.50' },
            { name: 'creditor', value: 'Green Energy' },
          ],
          isRequired: false,
        },
      ]);
      await world.consent({ interaction: outcome.prompt.interaction, decision: 'allow' });
    }
  });

  test('a machine says at the token endpoint what it is about to do', async () => {
    const machine = {
      grant_type: 'client_credentials',
      client_id: 'paying-machine',
      client_secret: await world.secretOf('paying-machine'),
    };
    const { body } = await world.token({ ...machine, authorization_details: details(payment) });
    expect(claimsOf(body.access_token)).toMatchObject({ authorization_details: [payment] });
    const wrong = await world.token({ ...machine, authorization_details: details({ type: 'payment' }) });
    expect(wrong.body.error).toBe('invalid_authorization_details');
  });

  test.each([
    ['no JSON', 'x', 'array'],
    ['no list', '{}', 'array'],
    ['an empty list', '[]', 'array'],
    ['too many', details(...Array.from({ length: 11 }, () => payment)), 'array'],
    ['no type', details({}), 'type'],
    ['a type that there is not', details({ type: 'toString' }), 'may not ask'],
    ['a value that does not fit', details({ ...payment, amount: { currency: 'EUR', value: '1' } }), 'pattern'],
    ['a member too many', details({ ...payment, more: 1 }), 'additional'],
    ['a member missing', details({ type: 'payment', creditor: 'x' }), 'required'],
    ['another place', details({ ...payment, locations: ['https://other.example.com'] }), 'another API'],
    ['a place that is no list', details({ ...payment, locations: 'x' }), 'list'],
  ])('refused: %s', async (_, text, words) => {
    const { error, error_description = '' } = await answer({ scope: 'openid', authorization_details: text });
    expect(error).toBe('invalid_authorization_details');
    expect(error_description).toContain(words);
  });

  test('refused: for an API that is not the resource', async () => {
    const form = { scope: 'openid', authorization_details: details(payment) };
    expect((await answer(form, [['resource', WEATHER]])).error).toBe('invalid_authorization_details');
  });

  test('refused: a client without the type', async () => {
    const form = { ...SPA_REQUEST, authorization_details: details(payment) };
    const outcome = await world.authorize(form);
    expect(outcome).toMatchObject({ location: expect.stringContaining('invalid_authorization_details') });
  });

  test.each([
    ['no schema', { type: 'nothing' }],
    ['a misspelt keyword', { type: 'object', propertys: {} }],
    ['a schema elsewhere', { $ref: 'https://evil.example.com/schema' }],
    ['an enormous one', { type: 'object', description: 'x'.repeat(9000) }],
  ])('an API is not declared with %s', (_, broken) => {
    const authorizationDetails = { x: { description: 'x', schema: broken } };
    const api = { kind: 'api', name: 'broken', spec: { audience: 'urn:broken', authorizationDetails } };
    expect(() => world.apply([api])).toThrow(/authorizationDetails\.x\.schema/);
  });
});
