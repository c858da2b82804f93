/**
 * Who has an account can't be told by a stopwatch: names that exist and names that don't are tried in turn, and neither
 * kind is slower than chance lets it be (invariant 6). Ranks are compared, not times: a busy machine slows both.
 * bench/alike-time asks the whole program, thousands of times and more strictly.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemPrincipal } from '#base';
import { dummyVerify, hashPassword, verifyPassword } from '#keyring';
import { setPasswordHash } from '#signin';
import { superiority, superiorityDeviation } from '#testing';
import { mailPages } from './mail-pages.ts';
import { hiddenFieldsOf, openPages, tenantId } from './signin-pages.fixture.ts';

const SAMPLES = Number(process.env.ALIKE_SAMPLES ?? 40);
/** Known names take turns, so that none is slowed down for being tried too often. */
const PEOPLE = 20;
const WARM_UP = 6;
/** So many standard deviations: chance alone goes further once in some millions of runs. */
const DEVIATIONS_MAX = 5;

const actor = systemPrincipal(tenantId, 'test');
let pages: Awaited<ReturnType<typeof openPages>>;
let addresses = 0;
beforeAll(async () => {
  pages = await openPages();
  Object.assign(pages.deps.passwords, { hashPassword, verifyPassword, dummyVerify });
  pages.registration.mode = 'open';
  await pages.app.register(mailPages(pages.deps));
  const passwordHash = await hashPassword('seven calm rivers bend');
  for (let index = 0; index < PEOPLE; index += 1) {
    const { id: userId } = await pages.addUser(nameOf('known', index));
    await pages.deps.store.transaction({ tenantId }, (tx) =>
      setPasswordHash(tx, pages.deps, { tenantId, userId, passwordHash, actor }),
    );
  }
});
afterAll(() => pages?.close());

const nameOf = (kind: 'known' | 'unknown', index: number) => `${kind}${index % PEOPLE}@example.com`;

/** Posts the form of a page with known and unknown names in turn, each time from an address of its own. */
async function timesOf(path: string, status: number, rest: Readonly<Record<string, string>> = {}) {
  const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
  for (let round = 0; round < SAMPLES + WARM_UP; round += 1) {
    // Who goes first takes turns too.
    for (const kind of round % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      addresses += 1;
      const browser = pages.browser({ remoteAddress: `10.${addresses >> 8}.${addresses & 255}.9` });
      const fields = { ...hiddenFieldsOf(await browser.get(path)), ...rest, email: nameOf(kind, round) };
      const started = performance.now();
      const answer = await browser.post(path, fields);
      if (round >= WARM_UP) times[kind].push(performance.now() - started);
      expect(answer.statusCode).toBe(status);
    }
    pages.clock.advance(60_000);
  }
  return times;
}

const farFromChance = ({ known, unknown }: Record<'known' | 'unknown', number[]>) =>
  Math.abs(superiority(known, unknown) - 0.5) / superiorityDeviation(known.length, unknown.length);

test.each([
  ['signing in', '/sign-in', 422, { password: 'wrong wrong wrong' }],
  ['recovering', '/recover', 200, {}],
  ['registering', '/register', 200, {}],
])('%s: known and unknown names take alike time', async (_, path, status, rest) => {
  expect(farFromChance(await timesOf(path, status, rest))).toBeLessThan(DEVIATIONS_MAX);
});

test('a server that spares itself the work for nobody would be found out', async () => {
  Object.assign(pages.deps.passwords, { dummyVerify: async () => ({ ok: false, rehash: false }) });
  const times = await timesOf('/sign-in', 422, { password: 'wrong wrong wrong' });
  Object.assign(pages.deps.passwords, { dummyVerify });
  expect(farFromChance(times)).toBeGreaterThan(DEVIATIONS_MAX);
});
