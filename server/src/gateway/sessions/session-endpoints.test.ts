/** The ends of a sign-in that anybody can call: what they cost, and where they lead. */
import { expect, test } from 'vitest';
import { createAttemptBudget, GatehouseError } from '#base';
import { fixedClock } from '#testing';
import { head, openFixture, route } from '../gateway.fixture.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { browserSessionSchema } from './session-spec.ts';

const spec = browserSessionSchema.parse({
  ...{ origin: 'https://shop.test', client: 'web', api: 'weather', scopes: ['openid'], landing: '/home' },
});

function open() {
  const clock = fixedClock();
  const redeemed: string[] = [];
  let begun: object = {};
  const flows = {
    begin: async () => 'https://id.test/authorize',
    isFrom: async () => true,
    async redeem({ code }: { code: string }) {
      redeemed.push(code);
      if (code === 'good') return { userId: 'usr_1' };
      throw new GatehouseError('code_invalid', { category: 'invalid_input', message: 'no' });
    },
  };
  const sessions = {
    flowsOf: () => flows,
    failedAnswers: createAttemptBudget({ clock }, { atOnce: 3, perSecond: 1, keysMax: 10 }),
    start: async () => ({ cookie: 'made', userId: 'usr_1' }),
    seal: (_session: unknown, login: object) => {
      begun = login;
      return 'sealed';
    },
    open: (_session: unknown, sealed: string) => (sealed === 'sealed' ? begun : undefined),
  } as unknown as BrowserSessions;
  const { gateway } = openFixture({
    routes: [route('weather', { match: { path: '/weather', methods: ['GET'] } })],
    tenant: { sessions: [{ name: 'shop', createdAt: 0, spec }] },
    deps: { sessions },
  });
  const ask = async (target: string, more: Parameters<typeof head>[1] = {}) => {
    const verdict = await gateway.handler(head(target, { host: 'shop.test', ...more }));
    return verdict.kind === 'reply' ? verdict.status : 0;
  };
  const login = async (returnTo = '/a') => {
    await ask(`/session/login?return_to=${encodeURIComponent(returnTo)}`);
    return begun as { state: string; returnTo: string };
  };
  const answer = (state: string, code: string, remoteAddress = '198.51.100.1') =>
    ask(`/session/callback?state=${state}&code=${code}`, {
      remoteAddress,
      headers: ['cookie', '__Host-gatehouse_login-shop=sealed'],
    });
  return { clock, redeemed, login, answer };
}

test('codes that are made up are asked about so often and no more, by network', async () => {
  const { clock, redeemed, login, answer } = open();
  const { state } = await login();
  const at = (code: string, address?: string) => answer(state, code, address);
  for (let round = 0; round < 20; round += 1) expect(await at('good')).toBe(303);
  const wrong = await Promise.all(Array.from({ length: 20 }, () => at('wrong')));
  expect(wrong.filter((status) => status === 429)).toHaveLength(17);
  expect(redeemed.filter((code) => code === 'wrong')).toHaveLength(3);
  expect(await at('good')).toBe(429);
  expect(await at('good', '203.0.113.9')).toBe(303);
  clock.advance(3_000);
  expect(await at('good')).toBe(303);
});

test.each([
  ['/a', '/a'],
  ['/a/?b=c', '/a/?b=c'],
  ['/a/../b', '/b'],
  ['//evil.test', '/home'],
  ['/\\evil.test', '/home'],
  ['/.//evil.test', '/home'],
  ['/a/..//evil.test', '/home'],
  ['https://evil.test/', '/home'],
  ['/%2f/evil.test', '/home'],
  ['/%5cevil.test', '/home'],
  ['/a\r\nset-cookie:x', '/home'],
  ['/session/logout', '/home'],
  ['/session', '/home'],
  // Three times as long when it is spelled out, and then no cookie of ours.
  [`/${'+'.repeat(600)}`, '/home'],
])('after signing in, %j leads to %s', async (asked, where) => {
  const { login } = open();
  expect((await login(asked)).returnTo).toBe(where);
});
