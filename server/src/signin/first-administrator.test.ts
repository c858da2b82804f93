import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listUsers } from '#directory';
import { mintCredential } from '#keyring';
import { consumeFirstAdministratorLink, isFirstAdministratorLinkOpen } from './consume-first-administrator-link.ts';
import { createFirstAdministratorLink } from './create-first-administrator-link.ts';
import { device, openSignin, tenantId } from './signin.fixture.ts';

const ADA = { name: 'Ada Lovelace', email: 'ada@example.com', password: 'violet kettle marches north' };
const HOUR = 3_600_000;
let room: Awaited<ReturnType<typeof openSignin>>;

beforeEach(async () => {
  room = await openSignin();
});
afterEach(() => room.close());

async function createLink(): Promise<string> {
  const link = await createFirstAdministratorLink(room.deps, { tenantId, issuer: 'http://localhost:7700' });
  return new URL(link?.url ?? 'missing:').searchParams.get('link') ?? '';
}
const consume = (token: string, input: Partial<typeof ADA> = {}) =>
  consumeFirstAdministratorLink(room.deps, { tenantId, token, device, ...ADA, ...input });
const isOpen = (token: string) => isFirstAdministratorLinkOpen(room.deps, { tenantId, token });
const users = async () => (await room.inTransaction((tx) => listUsers(tx, { tenantId }))).items;

describe('the link', () => {
  test('leads to the set-up page and makes an administrator, who is led to a second factor', async () => {
    const link = await createFirstAdministratorLink(room.deps, { tenantId, issuer: 'https://auth.example.com' });
    expect(link?.url).toMatch(/^https:\/\/auth\.example\.com\/setup\?link=gh_ln_/);
    expect(link?.expiresAt).toBe(room.clock.now() + 24 * HOUR);
    const outcome = await consume(new URL(link?.url ?? '').searchParams.get('link') ?? '');
    expect(await users()).toMatchObject([{ email: ADA.email, name: ADA.name, roles: ['administrator'] }]);
    expect(outcome).toEqual({ kind: 'flow', step: 'enrol', token: expect.stringMatching(/^gh_fl_/) });
    expect(await room.eventTypes()).toEqual([
      'first_administrator_link.consumed',
      'user.password_set',
      'user.created',
      'first_administrator_link.created',
    ]);
  });

  test('of fifty uses at once exactly one wins', async () => {
    const link = await createLink();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => consume(link, { email: `ada${index}@example.com` })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code as string] : [])),
    ).toEqual(Array(49).fill('setup_link_refused'));
    expect(await users()).toHaveLength(1);
  });

  test('is not made while there is an administrator', async () => {
    await room.addUser('eve@example.com', undefined, ['administrator']);
    expect(await createFirstAdministratorLink(room.deps, { tenantId, issuer: 'http://localhost' })).toBeUndefined();
  });

  test('is one: of twenty made at once a single one opens', async () => {
    const links = await Promise.all(Array.from({ length: 20 }, createLink));
    const open = await Promise.all(links.map(isOpen));
    expect(open.filter((each) => each)).toHaveLength(1);
  });

  test('can be made again and again on one connection, which by then keeps a plan for any values', async () => {
    let last = '';
    for (let count = 0; count < 30; count++) last = await createLink();
    expect(await isOpen(last)).toBe(true);
  });

  test('is nowhere in the database', async () => {
    const link = await createLink();
    const rows = await room.store.transaction({ system: true }, (tx) =>
      tx.withTables<{ one_time_links: object }>().selectFrom('one_time_links').selectAll().execute(),
    );
    expect(JSON.stringify(rows)).not.toContain(link.slice(6, 30));
  });
});

describe('a link that is refused', () => {
  const afterwards = async (link: string, event: () => unknown) => {
    await event();
    return link;
  };
  test.each<[string, (link: string) => string | Promise<string>]>([
    ['older than a day', (link) => afterwards(link, () => room.clock.advance(24 * HOUR))],
    ['replaced by a newer one', (link) => afterwards(link, createLink)],
    ['used', (link) => afterwards(link, () => consume(link, { email: 'first@example.com' }))],
    ['never made', () => mintCredential('one_time_link', room.random)],
    ['mistyped', (link) => `${link.slice(0, -1)}${link.endsWith('a') ? 'b' : 'a'}`],
    ['a credential of another kind', () => mintCredential('session', room.random)],
    ['empty', () => ''],
  ])('%s', async (_, change) => {
    const link = await change(await createLink());
    room.passwords.work.length = 0;
    const before = (await users()).length;
    expect(await isOpen(link)).toBe(false);
    await expect(consume(link)).rejects.toMatchObject({ code: 'setup_link_refused' });
    expect(await users()).toHaveLength(before);
    expect(room.passwords.work, 'no password is hashed for it').toEqual([]);
  });

  test('a day less a millisecond is in time', async () => {
    const link = await createLink();
    room.clock.advance(24 * HOUR - 1);
    await expect(consume(link)).resolves.toBeDefined();
  });
});

describe('an input that is refused leaves the link open', () => {
  test.each([
    ['no e-mail address', { email: 'ada' }, 'invalid_input'],
    ['no name', { name: ' ' }, 'invalid_input'],
    ['a common password', { password: 'Password123!' }, 'password_refused'],
    ['a short password', { password: 'vq8$Lm2' }, 'password_refused'],
    ['the address of someone else', { email: 'EVE@example.com' }, 'email_taken'],
  ])('%s', async (_, input, code) => {
    await room.addUser('eve@example.com', undefined);
    const link = await createLink();
    await expect(consume(link, input)).rejects.toMatchObject({ code });
    expect(await isOpen(link)).toBe(true);
    await expect(consume(link)).resolves.toBeDefined();
  });
});

test('an administrator made meanwhile by other means closes the way', async () => {
  const link = await createLink();
  await room.addUser('eve@example.com', undefined, ['administrator']);
  await expect(consume(link)).rejects.toMatchObject({ code: 'setup_already_done' });
  expect(await users()).toHaveLength(1);
});
