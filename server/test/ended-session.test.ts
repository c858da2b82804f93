/** A session that an administrator ends: its tokens are refused at every gateway process, and its cookie everywhere. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, becomeAdministrator, CALLBACK, getCode, oauthPost } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

const ADA = { name: 'Ada', email: 'ada@example.com', password: 'seventeen purple lanterns drift' };
/** How long it may take at most; revocation.test.ts measures the feed that carries it. */
const SEEN_MILLISECONDS_MAX = 5_000;

let upstream: EchoUpstream;
let program: Program;
let second: Program;
let browser: Browser;
let userId: string;
let client: { id: string; secret: string };

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  const { secret } = await program.admin('POST', '/clients/web/secrets', {});
  client = { id: 'web', secret: String(secret) };
  second = await startProgram({ folder: program.folder, role: 'gateway', issuer: program.issuer });
  browser = await becomeAdministrator(program, ADA);
  const { items } = (await program.admin('GET', '/users')) as { items: { id: string; email: string }[] };
  userId = items.find(({ email }) => email === ADA.email)?.id ?? '';
});
afterAll(async () => {
  await second?.stop();
  await program?.remove();
  await upstream?.close();
});

test('its access token, its refresh token and its cookie are worth nothing any more', async () => {
  const { code, codeVerifier } = await getCode(browser, 'openid things:read');
  const answer = await oauthPost(program, 'token', client, {
    grant_type: 'authorization_code',
    code,
    code_verifier: codeVerifier,
    redirect_uri: CALLBACK,
  });
  const { access_token: token = '', refresh_token: refresh = '' } = (await answer.json()) as Record<string, string>;
  const gateways = [program.gatewayUrl, second.gatewayUrl];
  for (const url of gateways) await untilAnswers(url, 200, token);
  expect((await browser.get('/account')).status).toBe(200);

  const { items } = (await program.admin('GET', `/users/${userId}/sessions`)) as { items: { id: string }[] };
  expect(items).toHaveLength(1);
  const { ended } = await program.admin('POST', `/users/${userId}/sessions/${items[0]?.id}/end`, {});
  expect(ended).toBe(1);

  // The cookie is looked up each time: the very next page is for somebody who is not signed in.
  const next = await browser.get('/account');
  expect([next.status, next.headers.get('location')]).toEqual([303, '/sign-in']);
  for (const url of gateways) await untilAnswers(url, 401, token);
  const refreshed = await oauthPost(program, 'token', client, { grant_type: 'refresh_token', refresh_token: refresh });
  expect([refreshed.status, await refreshed.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
});

async function untilAnswers(gatewayUrl: string, status: number, token: string): Promise<void> {
  const giveUpAt = performance.now() + SEEN_MILLISECONDS_MAX;
  for (;;) {
    const response = await fetch(`${gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (response.status === status) return;
    if (performance.now() > giveUpAt) throw new Error(`no ${status} but ${response.status}: ${text}`);
  }
}
