/** Authorization details and ticks where the person answers elsewhere (RFC 9396 with RFC 8628 and CIBA). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  basic,
  claimsOf,
  encode,
  type Form,
  ISSUER,
  openWorld,
  SPA_REQUEST,
  TENANT,
  type World,
} from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';

const BANK = 'https://bank.example.com';
const CALLBACK = 'https://till.example.com/callback';
const schema = {
  type: 'object',
  properties: { type: {}, to: { type: 'string' } },
  required: ['to'],
  additionalProperties: false,
};
const PAY_BOB = { type: 'payment', to: 'Bob' };
const PAY_EVE = { type: 'payment', to: 'Eve' };
const ACCOUNT = { type: 'account', to: 'CH93' };
const spec = {
  type: 'confidential',
  grants: ['device_code', 'ciba', 'authorization_code'],
  redirectUris: [CALLBACK],
  scopes: ['openid', 'email', 'weather:read'],
  apis: ['bank', 'weather'],
  authorizationDetailTypes: ['payment', 'account'],
};

let world: World;
let authorization: string;
beforeAll(async () => {
  world = await openWorld();
  const type = { description: 'Pay somebody', schema };
  const authorizationDetails = { payment: type, account: { ...type, remembered: true } };
  await world.apply([
    { kind: 'api', name: 'bank', spec: { audience: BANK, authorizationDetails } },
    { kind: 'client', name: 'till', spec },
    { kind: 'client', name: 'bank-server', spec: { type: 'confidential', grants: [], resourceServerFor: ['bank'] } },
  ]);
  await world.store.changes.caughtUp();
  authorization = basic('till', await world.secretOf('till'));
});
afterAll(() => world?.close());
beforeEach(() => {
  world.clock.advance(20 * 60_000);
  world.signIn();
});

let callers = 0;
const request = (form: Form) => {
  callers += 1;
  return {
    tenantId: TENANT,
    params: readParams(encode(form)),
    authorization,
    ip: `10.9.0.${callers}`,
    cookie: undefined,
    userAgent: undefined,
  };
};

interface Flow {
  begin(form: Form): Promise<{ status: number; body: Record<string, string> }>;
  /** What the page shows of the request that was begun. */
  shown(begun: Record<string, string>): Promise<{ interaction: string; request?: string }>;
  answer(begun: Record<string, string>, form: Form): Promise<unknown>;
  collect(begun: Record<string, string>, form?: Form): Promise<{ status: number; body: Record<string, unknown> }>;
}

const device: Flow = {
  begin: async (form) => (await world.device(form, authorization)) as never,
  async shown({ user_code }) {
    const outcome = await world.showDevice({ user_code });
    if (outcome.kind !== 'confirm') throw new TypeError(JSON.stringify(outcome));
    return outcome.prompt;
  },
  async answer(begun, form) {
    const { interaction } = await this.shown(begun);
    return world.decideDevice({ user_code: begun.user_code, interaction, decision: 'allow', ...form });
  },
  collect: ({ device_code }, form) =>
    world.token({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code, ...form }, authorization),
};

const ciba: Flow = {
  async begin(form) {
    const { status, body } = await world.oauth.backchannelAuthentication(request({ login_hint: ALICE, ...form }));
    return { status, body: body as Record<string, string> };
  },
  async shown() {
    const outcome = await world.oauth.showApprovals(request({}));
    const [first] = outcome.kind === 'approvals' ? outcome.approvals : [];
    if (first === undefined) throw new TypeError(JSON.stringify(outcome));
    return first;
  },
  async answer(begun, form) {
    const { interaction, request: hash } = await this.shown(begun);
    return world.oauth.decideApproval(request({ interaction, request: hash, decision: 'allow', ...form }));
  },
  collect: ({ auth_req_id }, form) =>
    world.token({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id, ...form }, authorization),
};

const of = (...details: object[]): Form => ({
  scope: 'openid email',
  resource: BANK,
  authorization_details: JSON.stringify(details),
});

describe.each([
  ['device', device],
  ['ciba', ciba],
] as const)('%s', (_, flow) => {
  test('the person reads every value; token, response and introspection carry them', async () => {
    const { body } = await flow.begin(of(PAY_BOB));
    expect(await flow.shown(body)).toMatchObject({
      details: [{ type: 'payment', description: 'Pay somebody', values: [{ name: 'to', value: 'Bob' }] }],
    });
    await flow.answer(body, {});
    const tokens = (await flow.collect(body)).body;
    expect(tokens.authorization_details).toEqual([PAY_BOB]);
    expect(claimsOf(tokens.access_token)).toMatchObject({
      aud: [BANK, ISSUER],
      authorization_details: [PAY_BOB],
    });
    const server = basic('bank-server', await world.secretOf('bank-server'));
    const told = await world.introspect({ token: String(tokens.access_token) }, { authorization: server });
    expect(told.body).toMatchObject({ active: true, authorization_details: [PAY_BOB] });
  });

  test('the type says which API is meant', async () => {
    const { body } = await flow.begin({ scope: 'openid', authorization_details: JSON.stringify([PAY_BOB]) });
    await flow.answer(body, {});
    expect(claimsOf((await flow.collect(body)).body.access_token)).toMatchObject({ aud: [BANK, ISSUER] });
  });

  test('what is unticked is not granted, and is not had by naming it', async () => {
    const { body } = await flow.begin(of(PAY_BOB, PAY_EVE));
    await flow.answer(body, { choice: 'scope.1 detail.0 detail.1', 'detail.0': 'yes' });
    const named = { authorization_details: JSON.stringify([PAY_EVE]) };
    expect((await flow.collect(body, named)).body.error).toBe('invalid_authorization_details');
    const tokens = (await flow.collect(body)).body;
    expect(tokens).toMatchObject({ scope: 'openid', authorization_details: [PAY_BOB] });
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('email');
  });

  test('less than was granted may be asked for with the first token', async () => {
    const { body } = await flow.begin(of(PAY_BOB, PAY_EVE));
    await flow.answer(body, {});
    const named = { authorization_details: JSON.stringify([PAY_EVE]) };
    expect((await flow.collect(body, named)).body.authorization_details).toEqual([PAY_EVE]);
  });

  test('what lasts is remembered for the browser; here the person is asked each time', async () => {
    const code = () =>
      world.authorize({ ...SPA_REQUEST, client_id: 'till', redirect_uri: CALLBACK, ...of(ACCOUNT), prompt: undefined });
    const before = world.signIn({ userId: ALICE });
    expect(before).toBeDefined();
    const { body } = await flow.begin(of(ACCOUNT));
    await flow.answer(body, {});
    expect(await code()).toMatchObject({ kind: 'redirect' });
    expect((await flow.collect((await flow.begin(of(ACCOUNT))).body)).body.error).toBe('authorization_pending');
  });

  test.each<[string, Form, string]>([
    ['no JSON', { authorization_details: '{' }, 'invalid_authorization_details'],
    ['none', { authorization_details: '[]' }, 'invalid_authorization_details'],
    ['a type it may not ask for', of({ type: 'loan', to: 'x' }), 'invalid_authorization_details'],
    ['an entry that breaks its schema', of({ type: 'payment' }), 'invalid_authorization_details'],
    ['an entry with more than its schema', of({ ...PAY_BOB, extra: 1 }), 'invalid_authorization_details'],
    [
      'an entry for another API',
      { ...of(PAY_BOB), resource: 'https://weather.example.com' },
      'invalid_authorization_details',
    ],
    ['more than ten', of(...Array.from({ length: 11 }, () => PAY_BOB)), 'invalid_authorization_details'],
  ])('%s is refused', async (_name, form, error) => {
    expect(await flow.begin({ scope: 'openid', ...form })).toMatchObject({ status: 400, body: { error } });
  });
});

test('who takes everything away at the device has declined', async () => {
  const { body } = await device.begin({ ...of(PAY_BOB), scope: 'email' });
  expect(await device.answer(body, { choice: 'scope.0 detail.0' })).toMatchObject({ kind: 'answered', allowed: false });
  expect((await device.collect(body)).body.error).toBe('access_denied');
});
