import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DecoupledTables } from '../decoupled/tables.ts';
import { ALICE, basic, claimsOf, encode, type Form, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';

const PING = 'https://bank.example.com/ping';
const TOKEN = 'n'.repeat(32);
const spec = {
  type: 'confidential',
  grants: ['ciba', 'refresh_token'],
  scopes: ['openid', 'offline_access', 'weather:read'],
  apis: ['weather'],
};

let world: World;
let bank: string;
let poller: string;
let callers = 0;
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'bank', spec: { ...spec, displayName: 'Bank', backchannelNotificationUri: PING } },
    { kind: 'client', name: 'poller', spec },
  ]);
  await world.store.changes.caughtUp();
  bank = basic('bank', await world.secretOf('bank'));
  poller = basic('poller', await world.secretOf('poller'));
});
afterAll(() => world.close());
beforeEach(() => {
  world.clock.advance(700_000);
  world.signIn();
});

const request = (form: Form, authorization?: string) => {
  callers += 1;
  return {
    tenantId: 'ten_00000000000000000000000000',
    params: readParams(encode(form)),
    authorization,
    ip: `10.7.${callers >> 8}.${callers & 255}`,
    cookie: undefined,
    userAgent: undefined,
  };
};
const ask = async (form: Form = {}, authorization = poller) => {
  const answered = await world.oauth.backchannelAuthentication(
    request({ scope: 'openid weather:read', login_hint: 'alice@example.com', ...form }, authorization),
  );
  return { status: answered.status, body: (answered.body ?? {}) as Record<string, string> };
};
const poll = (auth_req_id: string | undefined, authorization = poller) =>
  world.token({ grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id }, authorization);
const waiting = async () => {
  const outcome = await world.oauth.showApprovals(request({}));
  if (outcome.kind !== 'approvals') throw new TypeError(outcome.kind);
  return outcome.approvals;
};
const decide = (form: Form) => world.oauth.decideApproval(request(form));

describe('the application asks', () => {
  test('and the person is told, and reads who, what and the words to compare', async () => {
    const { status, body } = await ask({ binding_message: 'Table 7' });
    expect({ status, body }).toEqual({
      status: 200,
      body: { auth_req_id: expect.stringMatching(/^gh_ar_/), expires_in: 300, interval: 5 },
    });
    expect(world.notices.at(-1)).toMatchObject({ kind: 'approval_requested', userId: ALICE, client: { id: 'poller' } });
    expect(await waiting()).toMatchObject([
      { client: { id: 'poller' }, bindingMessage: 'Table 7', scopes: [{ scope: 'openid' }, { scope: 'weather:read' }] },
    ]);
  });

  test('about nobody gets the same answer, and nobody is told', async () => {
    const { status, body } = await ask({ login_hint: 'nobody@example.com' });
    expect({ status, keys: Object.keys(body) }).toEqual({
      status: 200,
      keys: ['auth_req_id', 'expires_in', 'interval'],
    });
    expect(world.notices.at(-1)).toMatchObject({ userId: 'nobody' });
    expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending');
  });

  test('no more than five times until somebody answers', async () => {
    for (let index = 0; index < 5; index += 1) expect((await ask()).status).toBe(200);
    expect(await ask()).toMatchObject({ status: 400, body: { error: 'access_denied' } });
  });

  test.each<[string, Form, number, string]>([
    ['no scope', { scope: undefined }, 400, 'invalid_request'],
    ['no openid', { scope: 'weather:read' }, 400, 'invalid_scope'],
    ['a scope it may not have', { scope: 'openid weather:write' }, 400, 'invalid_scope'],
    ['no hint', { login_hint: undefined }, 400, 'invalid_request'],
    ['two hints', { id_token_hint: 'x' }, 400, 'invalid_request'],
    ['a hint that is no id token', { login_hint: undefined, id_token_hint: 'x.y.z' }, 400, 'invalid_request'],
    ['a message that is too long', { binding_message: 'x'.repeat(65) }, 400, 'invalid_binding_message'],
    ['a message that turns the line round', { binding_message: 'a\u202eb' }, 400, 'invalid_binding_message'],
    ['details of no type that it may ask for', { authorization_details: '[]' }, 400, 'invalid_authorization_details'],
    ['no time', { requested_expiry: '0' }, 400, 'invalid_request'],
  ])('%s', async (_, form, status, error) => {
    expect(await ask(form)).toMatchObject({ status, body: { error } });
  });

  test('ping needs a token that nobody guesses', async () => {
    expect((await ask({}, bank)).body.error).toBe('invalid_request');
    expect((await ask({ client_notification_token: 'short' }, bank)).body.error).toBe('invalid_request');
  });
});

describe('the person answers', () => {
  test('and the application gets tokens, once', async () => {
    const { body } = await ask();
    expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending');
    const [item] = await waiting();
    expect(await decide({ request: item?.request, interaction: item?.interaction, decision: 'allow' })).toMatchObject({
      kind: 'approvals',
      approvals: [],
    });
    const tokens = (await poll(body.auth_req_id)).body;
    expect(claimsOf(tokens.access_token)).toMatchObject({ sub: ALICE, client_id: 'poller' });
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: ALICE, aud: 'poller' });
    expect((await poll(body.auth_req_id)).body.error).toBe('invalid_grant');
  });

  test('no', async () => {
    const { body } = await ask();
    const [item] = await waiting();
    await decide({ request: item?.request, interaction: item?.interaction, decision: 'deny' });
    expect((await poll(body.auth_req_id)).body.error).toBe('access_denied');
  });

  test.each<[string, Form]>([
    ['a forged interaction', { interaction: 'x' }],
    ['another request', { request: 'f'.repeat(64) }],
    ['no decision', { decision: undefined }],
  ])('is not believed with %s', async (_, changes) => {
    const { body } = await ask();
    const [item] = await waiting();
    const form = { request: item?.request, interaction: item?.interaction, decision: 'allow', ...changes };
    expect(await decide(form)).toMatchObject({ kind: 'problem' });
    expect((await poll(body.auth_req_id)).body.error).toBe('authorization_pending');
  });

  test('somebody else sees none of it', async () => {
    await ask();
    const [item] = await waiting();
    world.signIn({ userId: 'usr_other', sessionId: 'ses_other' });
    expect(await waiting()).toEqual([]);
    expect(await decide({ request: item?.request, interaction: item?.interaction, decision: 'allow' })).toMatchObject({
      kind: 'problem',
    });
  });

  test('and the client is pinged with its own token, without the answer', async () => {
    world.web.pages.set(PING, {});
    const { body } = await ask({ client_notification_token: TOKEN }, bank);
    const [item] = await waiting();
    await decide({ request: item?.request, interaction: item?.interaction, decision: 'allow' });
    // The answer does not wait for it.
    await vi.waitFor(() => expect(world.web.posted.filter(({ url }) => url === PING)).toHaveLength(1));
    expect(world.web.purposes.get(PING)).toBe('backChannel');
    const [pinged] = world.web.posted.filter(({ url }) => url === PING);
    expect(pinged?.body).toBe(JSON.stringify({ auth_req_id: body.auth_req_id }));
    expect((await poll(body.auth_req_id, poller)).body.error).toBe('invalid_grant');
    expect((await poll(body.auth_req_id, bank)).status).toBe(200);
  });

  test('again and again while it does not answer, until it has, in whichever process', async () => {
    world.web.pages.delete(PING);
    const { body } = await ask({ client_notification_token: TOKEN }, bank);
    const [item] = await waiting();
    const pings = () => world.web.posted.filter((each) => each.body.includes(String(body.auth_req_id))).length;
    await decide({ request: item?.request, interaction: item?.interaction, decision: 'deny' });
    await vi.waitFor(async () => expect(await attempts()).toBe(1));
    await world.oauth.pingClients();
    expect(pings()).toBe(1);
    world.clock.advance(11_000);
    await world.oauth.pingClients();
    expect(pings()).toBe(2);
    world.web.pages.set(PING, {});
    for (let round = 0; round < 3; round += 1) {
      world.clock.advance(25_000);
      await world.oauth.pingClients();
    }
    expect(pings()).toBe(3);
  });
});

/** Of the newest request. */
async function attempts(): Promise<number | undefined> {
  const row = await world.store.transaction({ tenantId: TENANT }, (tx) =>
    tx
      .withTables<DecoupledTables>()
      .selectFrom('decoupled_requests')
      .select('notify_attempts')
      .where('notify_sealed', 'is not', null)
      .orderBy('created_at', 'desc')
      .executeTakeFirst(),
  );
  return row?.notify_attempts;
}
