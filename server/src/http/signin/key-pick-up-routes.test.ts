import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mintCredential } from '#keyring';
import { seededRandom } from '#testing';
import { keyPickUpPages } from './key-pick-up-routes.ts';
import { hiddenFieldsOf, openPages } from './signin-pages.fixture.ts';

const ISSUER = 'http://localhost:7700';
const LINK = mintCredential('one_time_link', seededRandom());
const KEY = 'gh_live_the_new_key';
/** Good once. */
let good = LINK;
let app: FastifyInstance;
let pages: Awaited<ReturnType<typeof openPages>>;
beforeAll(async () => {
  pages = await openPages(ISSUER);
  app = fastify();
  const view = async ({ token }: { token: string }) =>
    token === good ? { name: '<b>nightly</b>', display: 'gh_live_1a2b…9z8y' } : undefined;
  const pickUp = async ({ token }: { token: string }) => {
    if (token !== good) return undefined;
    good = '';
    return { name: '<b>nightly</b>', key: KEY, endsAt: Date.UTC(2026, 0, 8) };
  };
  await app.register(keyPickUpPages({ ...pages.deps, pickUps: { view, pickUp } }));
});
afterAll(async () => {
  await app?.close();
  await pages?.close();
});

test('the link leaves the address bar; following it makes nothing; the form shows the key once', async () => {
  const led = await app.inject({ url: `/key-pick-up?link=${LINK}` });
  expect([led.statusCode, led.headers.location]).toEqual([303, '/key-pick-up']);
  const link = { [String(led.cookies[0]?.name)]: String(led.cookies[0]?.value) };
  const shown = await app.inject({ url: '/key-pick-up', cookies: link });
  expect(shown.body).toContain('gh_live_1a2b…9z8y');
  expect(shown.body).not.toMatch(/<b>|gh_live_the_new_key/);
  const cookies = { ...link, ...Object.fromEntries(shown.cookies.map(({ name, value }) => [name, value])) };
  const post = (
    fields: Record<string, string>,
    headers: Record<string, string> = {},
    sent: Record<string, string> = cookies,
  ) =>
    app.inject({
      method: 'POST',
      url: '/key-pick-up',
      cookies: sent,
      headers: { origin: ISSUER, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
  const fields = hiddenFieldsOf(shown);
  for (const refused of [
    await post({}),
    await post(fields, { origin: 'https://evil.example' }),
    await post(fields, {}, link),
  ]) {
    expect(refused.statusCode).toBeGreaterThanOrEqual(400);
    expect(refused.body).not.toContain(KEY);
  }
  const done = await post(fields);
  expect([done.statusCode, done.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(done.body).toContain(KEY);
  expect(done.body).toContain('2026-01-08 00:00 UTC');
  expect(done.cookies.find(({ name }) => name in link)?.value).toBe('');
  const again = await post(fields);
  expect(again.statusCode).toBeGreaterThanOrEqual(400);
  expect(again.body).not.toContain(KEY);
});

test.each([`/key-pick-up?link=${LINK.slice(0, -1)}x`, '/key-pick-up', '/key-pick-up?link=x'])(
  'nothing at %s',
  async (url) => {
    const answer = await app.inject({ url });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.cookies.filter(({ name }) => name.includes('link'))).toEqual([]);
  },
);
