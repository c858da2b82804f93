import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkClient, clientSchema } from '../clients/client-schema.ts';
import { basic, type Form, openWorld, SPA_REQUEST, VERIFIER, type World } from '../oauth-world.fixture.ts';

const REDIRECT = 'https://old.example.com/callback';
const NONCE = 'n'.repeat(20);
const CLIENT = {
  type: 'confidential',
  grants: ['authorization_code'],
  redirectUris: [REDIRECT],
  scopes: ['openid'],
  firstParty: true,
} as const;
let world: World;
const secrets = new Map<string, string>();
beforeAll(async () => {
  world = await openWorld();
  await world.apply([
    { kind: 'client', name: 'old', spec: { ...CLIENT, requirePkce: false } },
    { kind: 'client', name: 'new', spec: CLIENT },
  ]);
  await world.store.changes.caughtUp();
  for (const name of ['old', 'new']) secrets.set(name, await world.secretOf(name));
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const WITHOUT = { code_challenge: undefined, code_challenge_method: undefined };
const REQUEST = { ...SPA_REQUEST, client_id: 'old', redirect_uri: REDIRECT, scope: 'openid', nonce: NONCE };

async function answered(form: Form): Promise<Record<string, string>> {
  const outcome = await world.authorize({ ...REQUEST, ...form });
  if (outcome.kind !== 'redirect') throw new TypeError(JSON.stringify(outcome));
  return Object.fromEntries(new URL(outcome.location).searchParams);
}

const redeem = (form: Form) =>
  world.token({ grant_type: 'authorization_code', ...form }, basic('old', secrets.get('old') ?? ''));

describe('a client that is let off PKCE', () => {
  test('gets a code for a nonce, and the nonce back in the id token', async () => {
    const { code } = await answered(WITHOUT);
    const { status, body } = await redeem({ code, redirect_uri: REDIRECT });
    expect(status).toBe(200);
    const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString());
    expect(claims.nonce).toBe(NONCE);
  });

  test.each<[string, Form]>([
    ['no nonce', { ...WITHOUT, nonce: undefined }],
    ['a nonce that can be guessed', { ...WITHOUT, nonce: '1767225600' }],
    ['no openid, so no id token that would hold it', { ...WITHOUT, scope: undefined }],
    ['another client', { ...WITHOUT, client_id: 'new' }],
    ['plain', { code_challenge_method: 'plain' }],
  ])('is refused: %s', async (_, form) => {
    expect(await answered(form)).toMatchObject({ error: 'invalid_request' });
  });

  test('redeems at the address that was asked for, and nowhere else', async () => {
    const { code } = await answered(WITHOUT);
    expect(await redeem({ code })).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const elsewhere = await redeem({ code, redirect_uri: `${REDIRECT}/x` });
    expect(elsewhere).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await redeem({ code, redirect_uri: REDIRECT })).toMatchObject({ status: 200 });
  });

  test('PKCE that was begun is finished, and none is made up afterwards (RFC 9700 §4.8.2)', async () => {
    const begun = (await answered({})).code;
    expect(await redeem({ code: begun, redirect_uri: REDIRECT })).toMatchObject({ status: 400 });
    expect(await redeem({ code: begun, redirect_uri: REDIRECT, code_verifier: VERIFIER })).toMatchObject({
      status: 200,
    });
    const without = (await answered(WITHOUT)).code;
    const madeUp = await redeem({ code: without, redirect_uri: REDIRECT, code_verifier: VERIFIER });
    expect(madeUp).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  test('ends with the permission: a code of before is not redeemed without a verifier', async () => {
    const { code } = await answered(WITHOUT);
    await world.apply([{ kind: 'client', name: 'old', spec: CLIENT }]);
    await world.store.changes.caughtUp();
    expect(await redeem({ code, redirect_uri: REDIRECT })).toMatchObject({ status: 400 });
  });
});

test.each<[string, object, string]>([
  ['a public client', { type: 'public' }, 'requirePkce'],
  ['the profile fapi2', { profile: 'fapi2' }, 'requirePkce'],
])('can not be declared for %s', (_, more, path) => {
  const spec = clientSchema.parse({ ...CLIENT, requirePkce: false, ...more });
  expect(checkClient(spec).map((problem) => problem.path)).toContain(path);
});
