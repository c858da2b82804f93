import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { erasePersonOfOAuth } from '../erase-person.ts';
import { ALICE, basic, encode, type Form, openWorld, TENANT, type World } from '../oauth-world.fixture.ts';
import { readParams } from '../protocol/read-params.ts';

const spec = { type: 'confidential', grants: ['ciba'], scopes: ['openid'] };
const CODE = 'rhubarb 7';

let world: World;
const secrets = new Map<string, string>();
beforeAll(async () => {
  world = await openWorld();
  await world.apply(['bank', 'shop'].map((name) => ({ kind: 'client', name, spec })));
  await world.store.changes.caughtUp();
  for (const name of ['bank', 'shop']) secrets.set(name, basic(name, await world.secretOf(name)));
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.clock.advance(24 * 3_600_000);
  world.signIn();
  await change({ approval_code: CODE });
});

let callers = 0;
const request = (form: Form, authorization?: string) => {
  callers += 1;
  const params = readParams(encode(form));
  return { tenantId: TENANT, params, authorization, ip: `10.8.0.${callers}`, cookie: undefined, userAgent: undefined };
};
const ask = async (user_code?: string, login_hint = 'alice@example.com', client = 'bank') => {
  const form = { scope: 'openid', login_hint, user_code };
  const { status, body } = await world.oauth.backchannelAuthentication(request(form, secrets.get(client)));
  return { status, error: (body as { error?: string }).error };
};
const page = async () => {
  const outcome = await world.oauth.showApprovals(request({}));
  if (outcome.kind !== 'approvals') throw new TypeError(outcome.kind);
  return outcome;
};
async function change(form: Form) {
  const { interaction } = (await page()).code;
  return world.oauth.decideApproval(request({ interaction, ...form }));
}
const WELCOME = { status: 200, error: undefined };

describe('whoever set a code is asked', () => {
  test('by those who tell it', async () => {
    expect((await page()).code.isSet).toBe(true);
    expect(await ask(CODE)).toEqual(WELCOME);
  });

  test.each([
    ['who leave it out', undefined, 'missing_user_code'],
    ['who tell another', 'rhubarb 8', 'invalid_user_code'],
    ['who tell it in part', 'rhubarb', 'invalid_user_code'],
  ])('not by those %s', async (_, told, error) => {
    expect(await ask(told)).toEqual({ status: 400, error });
    expect((await page()).approvals).toEqual([]);
  });

  test('not by those who try one after the other; who knows it is not in their way', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`guess ${index}`)));
    const tally = Object.groupBy(answers, ({ status }) => status);
    expect([tally[400]?.length, tally[429]?.length]).toEqual([5, 15]);
    expect((await ask(CODE)).status).toBe(429);
    expect(await ask(CODE, undefined, 'shop')).toEqual(WELCOME);
    world.clock.advance(600_000);
    world.signIn();
    expect(await ask(CODE)).toEqual(WELCOME);
  });

  test('by anybody again once it is taken back', async () => {
    expect(await change({ approval_code: '', decision: 'remove' })).toMatchObject({ code: { isSet: false } });
    expect(await ask()).toEqual(WELCOME);
    expect(await ask('whatever')).toEqual(WELCOME);
  });
});

test('of somebody who does not exist nobody learns it', async () => {
  expect(await ask(undefined, 'nobody@example.com')).toEqual(WELCOME);
  expect(await ask(CODE, 'nobody@example.com')).toEqual(WELCOME);
});

test.each<[string, Form]>([
  ['too short', { approval_code: 'abc' }],
  ['too long', { approval_code: 'x'.repeat(65) }],
  ['with a control character', { approval_code: 'rhubarb\u0007' }],
  ['with a mark that turns the line round', { approval_code: 'ab\u202ecd' }],
  ['empty', { approval_code: '' }],
  ['from another page', { approval_code: 'stolen code', interaction: 'x' }],
])('a code that is not taken: %s', async (_, form) => {
  expect(await change(form)).toMatchObject({ kind: 'problem', problem: { status: 400 } });
  expect(await ask(CODE)).toEqual(WELCOME);
});

test('the database has no code that could be told, and nothing of who is erased', async () => {
  const rows = () =>
    world.store.transaction({ tenantId: TENANT }, async (tx) => {
      const found = await sql<{ hash: string }>`select * from approval_codes`.execute(tx);
      return found.rows;
    });
  expect(await rows()).toMatchObject([{ user_id: ALICE, hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  await world.store.transaction({ tenantId: TENANT }, (tx) =>
    erasePersonOfOAuth(tx, { tenantId: TENANT, userId: ALICE }),
  );
  expect(await rows()).toEqual([]);
});
