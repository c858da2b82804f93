/** Codes that are redeemed at the same time share a transaction, and nothing else. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listEvents } from '#audit';
import { BILLING, claimsOf, openWorld, SPA_REDEEM, TENANT, WEATHER, type World } from '../oauth-world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(() => world.signIn());

const redeem = (code: string, changes = {}) => world.token({ ...SPA_REDEEM, code, ...changes });
const codes = async (count: number) => {
  const found: string[] = [];
  while (found.length < count) found.push(await world.code());
  return found;
};
const isAlive = (token: unknown) =>
  world.oauth.verifier.verifyAccessToken(String(token), { audience: WEATHER }, world.clock.now()).ok;

test('good and bad ones together each get the answer they would get alone', async () => {
  const [good = '', wrongVerifier = '', wrongApi = '', twice = '', alsoGood = ''] = await codes(5);
  const answers = await Promise.all([
    redeem(good),
    redeem(wrongVerifier, { code_verifier: 'w'.repeat(43) }),
    // Throws inside the transaction: the others are done again without it.
    redeem(wrongApi, { resource: BILLING }),
    redeem(twice),
    redeem(twice),
    redeem(alsoGood),
  ]);
  const said = answers.map(({ body }) => body.error ?? 'redeemed');
  expect(said.toSpliced(3, 2)).toEqual(['redeemed', 'invalid_grant', 'invalid_target', 'redeemed']);
  expect(said.slice(3, 5).sort()).toEqual(['invalid_grant', 'redeemed']);
  expect(answers.map(({ body }) => body.access_token !== undefined && isAlive(body.access_token))).toEqual([
    true,
    false,
    false,
    // What came of a code that was presented twice has ended, whichever was first.
    false,
    false,
    true,
  ]);
  expect((await redeem(wrongApi)).status).toBe(200);
  expect((await redeem(wrongVerifier)).status).toBe(200);
});

test('each is written down once, before what was done about it', async () => {
  const all = await codes(20);
  const answers = await Promise.all(all.map((code) => redeem(code)));
  const again = await redeem(all[0] ?? '');
  expect([answers.map(({ status }) => status), again.status]).toEqual([Array(20).fill(200), 400]);
  const { items } = await listEvents(world, { tenantId: TENANT, limit: 200 });
  const about = (token: unknown) =>
    items
      .filter(({ target }) => target.id === claimsOf(token).grant_id)
      .map(({ type }) => type)
      .reverse();
  expect(about(answers[7]?.body.access_token)).toEqual(['authorization_code.issued', 'token.issued']);
  expect(about(answers[0]?.body.access_token)).toEqual([
    'authorization_code.issued',
    'token.issued',
    'authorization_code.replayed',
    'token.revoked',
  ]);
});
