/**
 * What must hold for every page there is, and for every one to come: the routes are taken from the plugins themselves, so
 * a new one can't be forgotten here.
 */
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listEvents } from '#audit';
import type { Mailer } from '#mail';
import { keyPickUpPages } from './key-pick-up-routes.ts';
import { mailPages } from './mail-pages.ts';
import { hiddenFieldsOf, openPages, PASSWORD, tenantId } from './signin-pages.fixture.ts';
import { signinPages } from './signin-pages.ts';

const ISSUER = 'http://localhost:7700';
const EMAIL = 'ada@example.com';
/** One of each kind; what else safeReturnTo refuses is tested there. */
const HOSTS = ['https://evil.example/', '/\\evil.example', 'javascript:alert(1)'];

interface Route {
  method: string;
  url: string;
}

const routes: Route[] = [];
const pages = await openPages(ISSUER);
const app: FastifyInstance = fastify();
app.addHook('onRoute', ({ method, url }) => {
  for (const each of [method].flat()) routes.push({ method: each, url });
});
let mails = 0;
const mailer: Mailer = {
  queue: async () => {
    mails += 1;
    return 'queued';
  },
  request: async () => {
    mails += 1;
  },
};
await app.register(signinPages(pages.deps));
await app.register(mailPages({ ...pages.deps, mailer, registrationPolicy: () => ({ mode: 'open' }) }));
await app.register(
  keyPickUpPages({ ...pages.deps, pickUps: { view: async () => undefined, pickUp: async () => undefined } }),
);
await app.ready();
const shown = routes.filter(({ method, url }) => method === 'GET' && !url.startsWith('/assets/'));
const sent = routes.filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method));

let cookie = '';
let token = '';
let other = '';
beforeAll(async () => {
  await pages.addUser(EMAIL);
  const [here, there] = [await signIn(), await signIn()];
  cookie = [...here.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const sessions = await here.get('/account/sessions');
  token = hiddenFieldsOf(sessions).csrf_token ?? '';
  other = /\/account\/sessions\/(ses_\w+)\/end/.exec(sessions.body)?.[1] ?? '';
  expect(there.cookies.size).toBeGreaterThan(0);
});
afterAll(async () => {
  await app.close();
  await pages.close();
});

async function signIn() {
  const browser = pages.browser();
  const form = hiddenFieldsOf(await browser.get('/sign-in'));
  await browser.post('/sign-in', { ...form, email: EMAIL, password: PASSWORD });
  return browser;
}

const filled = (url: string) => url.replace(':id', other).replace('*', 'x');
/** Every change is an event or a mail. */
const events = async () => mails + (await listEvents(pages.deps, { tenantId, limit: 500 })).items.length;

test('there are routes to try', () => {
  expect(shown.length).toBeGreaterThan(20);
  expect(sent.length).toBeGreaterThan(30);
  expect(sent.filter(({ method }) => method !== 'POST')).toEqual([]);
});

describe.each(['a stranger', 'somebody signed in'])('shown to %s', (who) => {
  test.each(shown)('$url can be framed, cached and fed by nobody', async ({ url }) => {
    const before = await events();
    const headers = who === 'a stranger' ? {} : { cookie };
    const response = await app.inject({ url: filled(url), headers });
    expect(response.headers['cache-control']).toBe('no-store');
    if (response.statusCode === 303) {
      expect(response.headers.location).toMatch(/^\/(?![/\\])/);
    } else {
      expect(response.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      const policy = String(response.headers['content-security-policy']);
      for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"])
        expect(policy).toContain(directive);
      expect(policy).not.toMatch(/unsafe|data:|blob:|https?:|\*/);
      expect(response.body).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script(?! src="\/assets\/)|javascript:/);
    }
    for (const line of [response.headers['set-cookie'] ?? []].flat()) expect(line).toMatch(/HttpOnly; SameSite=Lax/);
    // Looking at a page does nothing.
    expect(await events()).toBe(before);
  });
});

describe.each(HOSTS)('asked to go on to %s', (host) => {
  test.each(shown)('$url stays here', async ({ url }) => {
    const query = new URLSearchParams({ return_to: host, page: host, next: host, redirect_uri: host, link: host });
    for (const headers of [{}, { cookie }]) {
      const response = await app.inject({ url: `${filled(url)}?${query}`, headers });
      const { location = '/', refresh = '' } = response.headers;
      expect(location).toMatch(/^\/(?![/\\])/);
      expect(new URL(location, ISSUER).origin).toBe(ISSUER);
      expect(String(refresh)).not.toContain('evil');
      expect(response.body).not.toMatch(/(?:href|action)="[^"]*(?:evil\.example|javascript:)/);
    }
  });
});

const LIES = [
  ['no token', { origin: ISSUER, 'sec-fetch-site': 'same-origin' }, () => ''],
  ['the token of nothing', { origin: ISSUER, 'sec-fetch-site': 'same-origin' }, () => 'x'.repeat(43)],
  ['another site, with the token', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, () => token],
  ['a sibling, with the token', { origin: 'http://app.localhost:7700', 'sec-fetch-site': 'same-site' }, () => token],
  ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }, () => token],
  ['no browser', {}, () => token],
] as const;

describe.each(LIES)('sent by %s', (_, headers, lie) => {
  test.each(sent)('$url changes nothing', async ({ url }) => {
    const before = await events();
    const fields = { csrf_token: lie(), email: EMAIL, password: PASSWORD, typed: EMAIL, name: 'Eve', language: 'de' };
    const response = await app.inject({
      method: 'POST',
      url: filled(url),
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
      payload: new URLSearchParams(fields).toString(),
    });
    expect(await events()).toBe(before);
    // The language of this browser is no more than a taste, and asks for the origin only.
    if (url.startsWith('/account') || url === '/sign-out') expect(response.statusCode).toBe(403);
    expect(response.statusCode).not.toBe(200);
    const cookies = [response.headers['set-cookie'] ?? []].flat().join('\n');
    expect(cookies).not.toMatch(/gatehouse_(session|device|flow)=[^;]/);
    expect((await app.inject({ url: '/account', headers: { cookie } })).statusCode).toBe(200);
  });
});
