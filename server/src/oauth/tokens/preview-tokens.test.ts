import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ALICE,
  BILLING,
  basic,
  claimsOf,
  openWorld,
  SPA_REDEEM,
  SPA_REQUEST,
  TENANT,
  WEATHER,
  type World,
} from '../oauth-world.fixture.ts';
import type { PreviewTokensInput } from './preview-tokens.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.people.set(ALICE, {
    name: 'Alice',
    email: 'alice@example.com',
    emailVerified: true,
    roles: ['analyst'],
    attributes: { department: 'news' },
  });
  await world.apply([
    {
      kind: 'api',
      name: 'weather',
      spec: {
        audience: WEATHER,
        scopes: { 'weather:read': 'Read', 'weather:write': 'Write' },
        claims: { mail: { from: 'user.email' }, department: { attribute: 'department' } },
      },
    },
  ]);
  await world.store.changes.caughtUp();
});
afterAll(() => world.close());

const preview = (input: Partial<PreviewTokensInput>) =>
  world.oauth.previewTokens({ tenantId: TENANT, clientId: 'spa', ...input });
/** What is different each time, or comes from a sign-in that a preview has not seen. */
const OF_THE_MOMENT = ['jti', 'grant_id', 'sid', 'amr', 'nonce', 'at_hash', 'client_secret_id'];
const lasting = (claims: Record<string, unknown> = {}) =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_THE_MOMENT.includes(name)));

describe('a preview', () => {
  test('says what a person’s tokens then say', async () => {
    world.signIn();
    const { body } = await world.token({ ...SPA_REDEEM, code: await world.code() });
    const { accessToken, idToken, accessTokenFormat } = await preview({ userId: ALICE, scope: SPA_REQUEST.scope });
    expect(lasting(accessToken)).toEqual(lasting(claimsOf(body.access_token)));
    expect(lasting(idToken)).toEqual(lasting(claimsOf(body.id_token)));
    expect(accessToken).toMatchObject({ mail: 'alice@example.com', department: 'news' });
    expect(accessTokenFormat).toBe('jwt');
  });

  test('says what a client’s own token then says', async () => {
    const secret = await world.secretOf('machine');
    const { body } = await world.token({ grant_type: 'client_credentials' }, basic('machine', secret));
    const { accessToken, idToken } = await preview({ clientId: 'machine' });
    expect(lasting(accessToken)).toEqual(lasting(claimsOf(body.access_token)));
    expect(idToken).toBeUndefined();
  });

  test('holds nothing that is signed', async () => {
    expect(JSON.stringify(await preview({ userId: ALICE }))).not.toMatch(/eyJ|gh_at_/);
  });

  test.each<[string, Partial<PreviewTokensInput>, string]>([
    ['an unknown client', { clientId: 'nobody' }, 'client_not_found'],
    ['a client of another tenant', { tenantId: 'ten_other' }, 'client_not_found'],
    ['an unknown person', { userId: 'usr_nobody' }, 'preview_person_not_found'],
    ['a scope that the client may not have', { userId: ALICE, scope: 'bills:read' }, 'scope_not_allowed'],
    ['an API that it may not call', { userId: ALICE, resource: BILLING }, 'target_unknown'],
    ['several APIs and none named', { clientId: 'broad-machine' }, 'target_ambiguous'],
  ])('is refused as the request would be: %s', async (_, input, code) => {
    await expect(preview(input)).rejects.toMatchObject({ code });
  });
});
