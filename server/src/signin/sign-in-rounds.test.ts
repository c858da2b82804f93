import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listEvents } from '#audit';
import type { User } from '#directory';
import { findKnownDevices, rememberDevices } from './devices/known-devices.ts';
import { findFlow } from './flow/sign-in-flow.ts';
import { openPasswordSignIn, type SignInWithPassword } from './sign-in-with-password.ts';
import { openSignin, tenantId } from './signin.fixture.ts';
import { startSession } from './start-session.ts';
import type { SigninTables } from './tables.ts';

/** Whoever signs in together shares statements: here with everybody who could be mistaken for another. */

const RUNS = Number(process.env.SIGN_IN_ROUNDS ?? 6);
const password = (index: number) => `violet kettle marches north ${index}`;

let room: Awaited<ReturnType<typeof openSignin>>;
let signIn: SignInWithPassword;
let made = 0;

beforeAll(async () => {
  room = await openSignin();
  signIn = openPasswordSignIn(room.deps);
});
afterAll(() => room.close());

const PEOPLE = ['plain', 'old hash', 'second factor', 'second factor', 'disabled', 'plain'] as const;

/** A person with a browser of theirs, which stands for the second factor where there is one, and a session in it. */
async function person(kind: (typeof PEOPLE)[number], index: number) {
  made += 1;
  const user = await room.addUser(`person${made}@example.com`, password(index));
  const seen = { userId: user.id, deviceToken: undefined, userAgent: 'own', rememberMs: 1e9, known: false };
  return room.inTransaction(async (tx) => {
    const db = tx.withTables<SigninTables>();
    const { id: user_id } = user;
    if (kind === 'old hash') {
      const password_hash = `old$${await room.passwords.hashPassword(password(index))}`;
      await db.updateTable('password_credentials').set({ password_hash }).where('user_id', '=', user_id).execute();
    } else if (kind === 'second factor') {
      const row = { tenant_id: tenantId, user_id, secret_sealed: 'sealed', last_step: 0, created_at: 5 };
      await db.insertInto('totp_credentials').values(row).execute();
    } else if (kind === 'disabled') {
      await tx
        .withTables<{ users: { id: string; status: string } }>()
        .updateTable('users')
        .set({ status: 'disabled' })
        .where('id', '=', user_id)
        .execute();
    }
    const [cookie = ''] = await rememberDevices(tx, room.deps, { tenantId, seen: [seen] });
    const device = { userAgent: 'own', address: '192.0.2.1' };
    const { token, session } = await startSession(tx, room.deps, { user, acr: 'aal1', amr: ['pwd'], device });
    return { kind, user, index, cookie, token, session };
  });
}
type Person = Awaited<ReturnType<typeof person>>;

const whose = fc.nat(PEOPLE.length - 1);
const attempts = fc.array(
  fc.record({ who: whose, right: fc.boolean(), cookieOf: fc.option(whose), replacing: fc.option(whose) }),
  { minLength: 8, maxLength: 24, size: 'max' },
);

test('each gets what is theirs, whoever else is in the round', async () => {
  await fc.assert(
    fc.asyncProperty(attempts, async (round) => {
      room.setPolicy({ rememberedDevices: { days: 30 } });
      const people: Person[] = [];
      for (const [index, kind] of PEOPLE.entries()) people.push(await person(kind, index));
      const all = round.map(({ who, right, cookieOf, replacing }) => {
        made += 1;
        const { user, index } = people[who] as Person;
        const device = { userAgent: `browser ${made}`, address: `10.${made >> 16}.${(made >> 8) & 255}.${made & 255}` };
        return {
          ...{ person: people[who] as Person, right, ownBrowser: cookieOf === who, replaced: people[replacing ?? -1] },
          input: {
            ...{ tenantId, email: user.email, password: right ? password(index) : `${password(index)}0`, device },
            ...{ deviceToken: people[cookieOf ?? -1]?.cookie, replacedToken: people[replacing ?? -1]?.token },
          },
        };
      });
      const outcomes = await Promise.allSettled(all.map(({ input }) => signIn(input)));
      const { items: events } = await listEvents(room.deps, { tenantId, limit: 500 });
      const ended = new Set<string>();
      for (const [index, { person, right, ownBrowser, replaced, input }] of all.entries()) {
        const outcome = outcomes[index];
        const told = events.filter(({ detail }) => detail?.address === input.device.address);
        const types = told.map(({ type }) => type);
        expect(told.every(({ target }) => target.id === person.user.id)).toBe(true);
        if (!right || person.kind === 'disabled') {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'sign_in_failed' } });
          expect(types).toEqual(['user.sign_in_failed']);
          continue;
        }
        if (outcome?.status !== 'fulfilled') throw outcome?.reason ?? new TypeError('expected an outcome');
        if (person.kind === 'second factor' && !ownBrowser) {
          expect(types).toEqual([]);
          await expectFlow(outcome.value, person.user);
          continue;
        }
        expect(outcome.value).toMatchObject({ kind: 'done', session: { userId: person.user.id } });
        if (outcome.value.kind !== 'done') continue;
        const { session, token, deviceToken } = outcome.value;
        expect(types.toSorted()).toEqual(ownBrowser ? ['user.signed_in'] : ['user.new_device', 'user.signed_in']);
        expect(told.every(({ actor, detail }) => actor.id === person.user.id && detail?.sessionId === session.id)).toBe(
          true,
        );
        expect(session).toMatchObject({ ...input.device, acr: 'aal1' });
        expect(deviceToken === undefined).toBe(ownBrowser);
        const known = await knownTo(people, deviceToken);
        // What others did in the browser whose cookie came moves along, and nothing else does.
        expect([...known].filter((each) => each !== person && each.cookie !== input.deviceToken)).toEqual([]);
        expect(known.has(person)).toBe(!ownBrowser);
        expect(token).not.toBe(input.replacedToken);
        if (replaced !== undefined) ended.add(replaced.session.id);
      }
      await expectEnded(people, ended);
    }),
    { numRuns: RUNS },
  );
});

async function expectFlow(outcome: Awaited<ReturnType<SignInWithPassword>>, user: User): Promise<void> {
  expect(outcome).toMatchObject({ kind: 'flow', step: 'second_factor' });
  const { token } = outcome;
  const flow = await room.inTransaction((tx) => findFlow(tx, room.deps, { tenantId, token }));
  expect(flow?.state).toMatchObject({ userId: user.id, deviceRemembered: false });
}

async function knownTo(people: readonly Person[], deviceToken: string | undefined): Promise<ReadonlySet<Person>> {
  const which = people.map(({ user: { id: userId } }) => ({ userId, deviceToken }));
  const found = await room.inTransaction((tx) => findKnownDevices(tx, room.deps, { tenantId, which }));
  return new Set(people.filter((_, index) => found[index] !== undefined));
}

/** Only what the browser of somebody who is in now had before, and each once. */
async function expectEnded(people: readonly Person[], ended: ReadonlySet<string>): Promise<void> {
  const { items } = await listEvents(room.deps, { tenantId, type: 'session.ended', limit: 500 });
  for (const { session } of people) {
    expect(items.filter(({ target }) => target.id === session.id)).toHaveLength(ended.has(session.id) ? 1 : 0);
  }
}
