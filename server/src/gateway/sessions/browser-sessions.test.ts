import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID as TENANT } from '#base';
import { type Keyring, keyringMigrations, openKeyring } from '#keyring';
import { recordChange, type Store } from '#store';
import { fixedClock, openSecondStore, openTestStore, seededRandom, type TestStore, testLogger } from '#testing';
import { gatewayMigrations } from '../upstream-secrets/secret-table.ts';
import { type BrowserSessions, openBrowserSessions } from './browser-sessions.ts';
import { type CompiledSession, compileSession } from './compile-session.ts';
import type { SessionTokens, SignInFlows } from './session-port.ts';
import { removeOldGatewaySessions } from './session-rows.ts';
import { browserSessionSchema } from './session-spec.ts';

const migrations = [keyringMigrations, auditMigrations, gatewayMigrations];
const spec = {
  origin: 'https://shop.example',
  client: 'web',
  api: 'shop',
  scopes: ['openid'],
  absoluteSeconds: 10_800,
};
const session = compileSession(TENANT, { name: 'shop', createdAt: 0, spec: browserSessionSchema.parse(spec) });
const TTL = 600_000;

const clock = fixedClock();
const random = seededRandom();
let store: TestStore;
let other: Store;
let keyring: Keyring;
let here: BrowserSessions;
let there: BrowserSessions;
/** What the issuer does when it is asked for other tokens. */
let refresh: (token: string) => Promise<SessionTokens | undefined>;
let refreshes: string[];

const tokens = (number: number): SessionTokens => ({
  accessToken: `at-${number}`,
  refreshToken: `rt-${number}`,
  issuedAt: clock.now(),
  expiresAt: clock.now() + TTL,
  userId: 'usr_1',
  sessionId: 'ses_1',
  grantId: 'gnt_1',
});

beforeAll(async () => {
  store = await openTestStore(migrations, { clock });
  other = await openSecondStore(store, migrations);
  const log = testLogger();
  const environment = { KEY: Buffer.from(Array.from({ length: 32 }, (_, at) => (at * 7) % 251)).toString('base64') };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  keyring = await openKeyring({ store, recordChange, clock, random, log, masterKey });
  const never = () => Promise.reject(new TypeError('not asked for here'));
  const flows: SignInFlows = {
    begin: never,
    redeem: never,
    end: never,
    issuerOf: () => 'https://id.example',
    async refresh({ refreshToken }) {
      refreshes.push(refreshToken);
      return refresh(refreshToken);
    },
  };
  const foreignFlows = { begin: never, answers: never, redeem: never, refresh: never, end: never };
  const deps = { keyring, clock, random, log, flows, foreignFlows, secretOf: () => undefined };
  here = openBrowserSessions({ ...deps, store });
  there = openBrowserSessions({ ...deps, store: other });
});
afterAll(async () => {
  here?.close();
  there?.close();
  keyring?.close();
  await other?.close();
  await store?.close();
});
beforeEach(() => {
  refreshes = [];
  refresh = async (token) => tokens(Number(token.slice(3)) + 1);
});

const find = async (cookie: string, at = here, of: CompiledSession = session) => at.find(of, cookie, clock.now());
const start = async (first = tokens(1)) => (await here.start(session, first, undefined)).cookie;
const heard = () => Promise.all([store.changes.caughtUp(), other.changes.caughtUp()]);

test('is found everywhere, from memory once it is known, and nowhere under another name', async () => {
  const cookie = await start();
  for (const at of [here, there]) {
    const found = await find(cookie, at);
    expect(found).toMatchObject({ userId: 'usr_1', accessToken: 'at-1' });
    // No promise: a request that is under way waits for nothing.
    expect(at.find(session, cookie, clock.now())).toEqual(found);
  }
  const cousin = compileSession(TENANT, { name: 'admin', createdAt: 0, spec: session.spec });
  expect(await find(cookie, here, cousin)).toBeUndefined();
});

test('a made-up cookie is refused without a look at the database', async () => {
  const cookie = await start();
  const [credential = '', mac = ''] = cookie.split('.');
  await using(other, async (asked) => {
    for (const text of [
      '',
      'x',
      credential,
      `${credential}.`,
      `.${mac}`,
      `${cookie}.`,
      `${credential}.${mac.slice(1)}A`,
    ])
      expect(await find(text, there), text).toBeUndefined();
    expect(asked()).toBe(0);
    expect(await find(cookie, there)).toBeDefined();
    expect(asked()).toBe(1);
  });
});

test('renewed once, however many ask in however many processes', async () => {
  const cookie = await start();
  await Promise.all([find(cookie), find(cookie, there)]);
  clock.advance(TTL);
  const renewed = await Promise.all(
    Array.from({ length: 40 }, (_, index) => find(cookie, index % 2 === 0 ? here : there)),
  );
  expect(new Set(renewed.map((found) => found?.accessToken))).toEqual(new Set(['at-2']));
  expect(refreshes).toEqual(['rt-1']);
  clock.advance(TTL);
  expect((await find(cookie, there))?.accessToken).toBe('at-3');
  expect(refreshes).toEqual(['rt-1', 'rt-2']);
});

test('renewed beside the requests before the token ends, so that none waits', async () => {
  const cookie = await start();
  await find(cookie);
  clock.advance(TTL - 60_001);
  await find(cookie);
  expect(here.find(session, cookie, clock.now())).toMatchObject({ accessToken: 'at-1' });
  expect(refreshes).toEqual([]);
  clock.advance(1);
  expect(here.find(session, cookie, clock.now())).toMatchObject({ accessToken: 'at-1' });
  await expect.poll(async () => (await find(cookie))?.accessToken).toBe('at-2');
  expect(refreshes).toEqual(['rt-1']);
});

test('over for all when the issuer renews it no more', async () => {
  const cookie = await start();
  await find(cookie, there);
  refresh = async () => undefined;
  clock.advance(TTL);
  expect(await find(cookie)).toBeUndefined();
  await heard();
  expect(there.find(session, cookie, clock.now())).toBeInstanceOf(Promise);
  expect(await find(cookie, there)).toBeUndefined();
  expect(refreshes).toEqual(['rt-1']);
});

test('not over when the issuer can not be asked: another request tries again', async () => {
  const cookie = await start();
  clock.advance(TTL);
  refresh = () => Promise.reject(new Error('the database is away'));
  await expect(find(cookie)).rejects.toThrow('away');
  // At once: nobody knows yet, and nobody is signed out for that.
  const waiting = [find(cookie), find(cookie, there)];
  refresh = async () => tokens(2);
  clock.advance(1_000);
  for (const found of await Promise.all(waiting)) expect(found?.accessToken).toBe('at-2');
  expect(refreshes).toEqual(['rt-1', 'rt-1']);
});

test('an issuer who has trouble is asked once a second beside the requests, and nobody waits for that', async () => {
  const cookie = await start();
  await find(cookie);
  refresh = () => Promise.reject(new Error('the issuer is away'));
  clock.advance(TTL - 10_000);
  await find(cookie);
  await using(store, async (_asked, done) => {
    for (let round = 0; round < 5; round += 1) {
      for (let request = 0; request < 20; request += 1)
        expect(here.find(session, cookie, clock.now())).toMatchObject({ accessToken: 'at-1' });
      await expect.poll(() => refreshes.length).toBe(round + 1);
      // The visit once; each attempt claims the renewal and lets go of it, at the time of this clock.
      await expect.poll(done).toBe(1 + 2 * (round + 1));
      clock.advance(1_000);
    }
  });
});

test('a process that dies while it renews holds up the others for its time, and no longer', async () => {
  const cookie = await start();
  await find(cookie, there);
  clock.advance(TTL);
  refresh = () => new Promise(() => undefined);
  void find(cookie).catch(() => undefined);
  await expect.poll(() => refreshes).toEqual(['rt-1']);
  refresh = async () => tokens(2);
  clock.advance(15_000);
  expect((await find(cookie, there))?.accessToken).toBe('at-2');
});

test('without a refresh token it lasts as long as its token', async () => {
  const cookie = await start({ ...tokens(1), refreshToken: undefined });
  clock.advance(TTL - 1);
  expect(await find(cookie)).toBeDefined();
  clock.advance(1);
  expect(await find(cookie)).toBeUndefined();
});

test('ended here, it is over there as soon as that is heard', async () => {
  const cookie = await start();
  await find(cookie, there);
  expect(await here.end(session, cookie, 'signed_out')).toMatchObject({ userId: 'usr_1', sessionId: 'ses_1' });
  expect(await find(cookie)).toBeUndefined();
  await heard();
  expect(await find(cookie, there)).toBeUndefined();
  expect(await here.end(session, cookie, 'signed_out')).toBeUndefined();
});

test('idle: as long as nobody comes, whichever process they came to', async () => {
  const cookie = await start({ ...tokens(1), expiresAt: clock.now() + 90 * 24 * 3_600_000 });
  await find(cookie);
  for (let round = 0; round < 4; round += 1) {
    clock.advance(1_700_000);
    // It knows of an older visit only, and looks before it judges.
    expect(await find(cookie, round % 2 === 0 ? there : here)).toBeDefined();
    await store.transaction({ tenantId: TENANT }, async () => undefined);
    await expect.poll(() => seenAt(cookie)).toBe(clock.now());
  }
  clock.advance(1_800_000);
  expect(await find(cookie)).toBeUndefined();
  expect(await find(cookie, there)).toBeUndefined();
});

test('absolute: over whatever happens, and cleared away', async () => {
  const cookie = await start({ ...tokens(1), expiresAt: clock.now() + 90 * 24 * 3_600_000 });
  for (let seconds = 0; seconds < 10_800; seconds += 1200) {
    expect(await find(cookie)).toBeDefined();
    await expect.poll(() => seenAt(cookie)).toBe(clock.now());
    clock.advance(1_200_000);
  }
  expect(await find(cookie)).toBeUndefined();
  const left = await start();
  clock.advance(10_800_000);
  await removeOldGatewaySessions({ store, clock });
  expect(await find(left)).toBeUndefined();
  expect(await rows()).toEqual([]);
});

test('signed in again: the one before is over, and the database holds neither cookie nor token', async () => {
  const first = await start();
  const { cookie } = await here.start(session, tokens(7), first);
  expect(await find(first)).toBeUndefined();
  expect(await find(cookie)).toBeDefined();
  const text = JSON.stringify(await rows());
  for (const secret of [...cookie.split('.'), 'at-7', 'rt-7']) expect(text).not.toContain(secret);
});

const rows = () =>
  store.transaction({ system: true }, (tx) =>
    tx
      .withTables<{ gateway_sessions: { id: string; seen_at: number } }>()
      .selectFrom('gateway_sessions')
      .selectAll()
      .execute(),
  );

async function seenAt(cookie: string): Promise<number | undefined> {
  const found = await find(cookie);
  return (await rows()).find(({ id }) => id === found?.id)?.seen_at;
}

/** Counts the transactions of a store meanwhile: what was asked for, and what of it is over. */
async function using(counted: Store, work: (asked: () => number, done: () => number) => Promise<void>): Promise<void> {
  const { transaction } = counted;
  let asked = 0;
  let done = 0;
  counted.transaction = (async (...args: Parameters<typeof transaction>) => {
    asked += 1;
    try {
      return await transaction.apply(counted, args);
    } finally {
      done += 1;
    }
  }) as typeof transaction;
  try {
    await work(
      () => asked,
      () => done,
    );
  } finally {
    counted.transaction = transaction;
  }
}
