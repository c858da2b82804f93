/** Somebody acts for a person: what applications get says so, is short, and agrees to nothing in the person's place. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimsOf, type Form, openWorld, SPA_REDEEM, SPA_REQUEST, type World } from '../oauth-world.fixture.ts';

const ACTOR = 'usr_administrator';
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.signedIn.acting = { ...world.signIn(), actor: ACTOR };
});

async function paramsOf(form: Form = {}): Promise<Record<string, string>> {
  const outcome = await world.authorize({ ...SPA_REQUEST, ...form });
  if (outcome.kind !== 'redirect') throw new TypeError(`expected a redirect, got ${JSON.stringify(outcome)}`);
  return Object.fromEntries(new URL(outcome.location).searchParams);
}

test('tokens name who acts, live five minutes at most, and are not refreshed', async () => {
  const { code = '' } = await paramsOf({ scope: 'openid offline_access weather:read' });
  const { body } = await world.token({ ...SPA_REDEEM, code });
  expect(claimsOf(String(body.access_token))).toMatchObject({ act: { sub: ACTOR } });
  expect(claimsOf(String(body.id_token))).toMatchObject({ act: { sub: ACTOR } });
  expect(body.expires_in).toBeLessThanOrEqual(300);
  expect(body).not.toHaveProperty('refresh_token');
});

test.each<[string, Form, string]>([
  ['a fresh sign-in', { prompt: 'login' }, 'login_required'],
  ['a recent one', { max_age: '0' }, 'login_required'],
  ['two factors', { acr_values: 'aal2' }, 'unmet_authentication_requirements'],
  [
    'what the person never agreed to',
    { client_id: 'web', redirect_uri: 'https://web.example.com/callback', scope: 'openid weather:read' },
    'consent_required',
  ],
])('%s can’t be had', async (_, form, error) => {
  world.clock.advance(1000);
  expect(await paramsOf(form)).toMatchObject({ error });
});
