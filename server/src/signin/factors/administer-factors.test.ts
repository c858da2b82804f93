import { afterAll, beforeEach, expect, test } from 'vitest';
import { listEvents } from '#audit';
import type { Principal } from '#base';
import { actor, openSignin, tenantId } from '../signin.fixture.ts';
import type { SigninTables } from '../tables.ts';
import { listUserFactors, removeUserFactor } from './administer-factors.ts';

let room: Awaited<ReturnType<typeof openSignin>>;
beforeEach(async () => {
  room ??= await openSignin();
  room.setPolicy({});
});
afterAll(() => room?.close());

const roles = {
  get: (_: string, name: string) => ({ spec: { permissions: [name === 'administrator' ? '*' : 'users:*'] } }),
};
const deps = () => ({ ...room.deps, roles });
let count = 0;

async function withApp(holds: readonly string[] = []) {
  count += 1;
  const user = await room.addUser(`p${count}@example.com`, 'violet kettle marches north', holds);
  await room.inTransaction((tx) =>
    tx
      .withTables<SigninTables>()
      .insertInto('totp_credentials')
      .values({ tenant_id: tenantId, user_id: user.id, secret_sealed: 'sealed', last_step: 0, created_at: 5 })
      .execute(),
  );
  return { tenantId, userId: user.id };
}
const which = { factor: 'totp' } as const;
const helper: Principal = { ...actor, type: 'user', id: 'usr_helper', roles: ['helper'] };

test('what is there is listed, removed once, and written down', async () => {
  const place = await withApp();
  expect(await listUserFactors(room.deps, place)).toMatchObject({ hasPassword: true, totpSince: 5, passkeys: [] });
  await removeUserFactor(deps(), { ...place, which, actor: helper });
  expect(await listUserFactors(room.deps, place)).toMatchObject({ totpSince: undefined });
  const again = removeUserFactor(deps(), { ...place, which, actor: helper });
  await expect(again).rejects.toMatchObject({ code: 'passkey_not_found' });
  const { items } = await listEvents(room, { tenantId, type: 'user.factor_removed', limit: 10 });
  expect(items).toMatchObject([
    { actor: { id: 'usr_helper' }, target: { id: place.userId }, detail: { factor: 'totp' } },
  ]);
});

test('of two who remove it at once, one has removed it', async () => {
  const place = await withApp();
  const both = await Promise.allSettled([1, 2].map(() => removeUserFactor(deps(), { ...place, which, actor: helper })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test.each<[string, () => Promise<Parameters<typeof removeUserFactor>[1]>, string]>([
  [
    'whose person may do more',
    async () => ({ ...(await withApp(['administrator'])), which, actor: helper }),
    'person_beyond_own',
  ],
  [
    'of another organization',
    async () => ({ ...(await withApp()), organizationId: 'org_other', which, actor: helper }),
    'user_not_found',
  ],
  [
    'that is the last one, where the policy wants one',
    async () => {
      const place = await withApp();
      room.setPolicy({ secondFactor: { required: 'everyone' } });
      return { ...place, which, actor: helper };
    },
    'last_strong_factor',
  ],
])('a factor %s stays', async (_, prepare, code) => {
  const input = await prepare();
  await expect(removeUserFactor(deps(), input)).rejects.toMatchObject({ code });
  expect(await listUserFactors(room.deps, { tenantId, userId: input.userId })).toMatchObject({ totpSince: 5 });
});
