/**
 * Whoever ends a session, applications hear of it (OpenID Connect Back-Channel Logout §2.3): an administrator by the Admin
 * API, or time alone. The application listens on this machine, in a network that was opened to the back channel.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, becomeAdministrator, CALLBACK, getCode, oauthPost } from './browser.ts';
import { type Program, startProgram } from './running-program.ts';

const ADA = { name: 'Ada', email: 'ada@example.com', password: 'seventeen purple lanterns drift' };
const OUTBOUND = { backChannel: ['127.0.0.1/32'] };

let application: Server;
const logoutTokens: string[] = [];
let program: Program;
let browser: Browser;
let web: { id: string; secret: string };
let userId: string;

beforeAll(async () => {
  application = createServer(async (request, answer) => {
    logoutTokens.push(new URLSearchParams(await text(request)).get('logout_token') ?? '');
    answer.end();
  });
  await new Promise<void>((listening) => application.listen(0, '127.0.0.1', listening));
  program = await startProgram({ outbound: OUTBOUND });
  await program.admin('POST', '/apply', client((application.address() as AddressInfo).port));
  web = { id: 'web', secret: String((await program.admin('POST', '/clients/web/secrets', {})).secret) };
  browser = await becomeAdministrator(program, ADA);
  const { items } = (await program.admin('GET', '/users')) as { items: { id: string }[] };
  userId = items[0]?.id ?? '';
});
afterAll(async () => {
  await program?.remove();
  application?.close();
});

const client = (port: number) => `kind: client
name: web
spec:
  type: confidential
  grants: [authorization_code, refresh_token]
  redirectUris: [${CALLBACK}]
  scopes: [openid]
  firstParty: true
  backchannelLogoutUri: http://127.0.0.1:${port}/signed-out
`;

/** Signs in to the application. @returns the session as it knows it. */
async function signInToApplication(): Promise<string> {
  const { code, codeVerifier } = await getCode(browser, 'openid');
  const fields = { grant_type: 'authorization_code', code, code_verifier: codeVerifier, redirect_uri: CALLBACK };
  const { id_token = '' } = (await (await oauthPost(program, 'token', web, fields)).json()) as { id_token?: string };
  return String(JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()).sid);
}

/** Of this session, once. */
async function isTold(sid: string): Promise<void> {
  await program.until(() => logoutTokens.length > 0, 'the application is told');
  const keys = createRemoteJWKSet(new URL(`${program.issuer}/.well-known/jwks.json`));
  const expected = { issuer: program.issuer, audience: 'web', typ: 'logout+jwt' };
  const { payload } = await jwtVerify(logoutTokens.shift() ?? '', keys, expected);
  expect(payload).toMatchObject({ sid, sub: userId });
  expect(logoutTokens).toEqual([]);
}

const setSessions = (set: string, ...values: unknown[]) =>
  program.asOwner((owner) => owner.query(`update sessions set ${set}`, values));

test('of a session whose time is over, though nobody signed out and nothing was started anew', async () => {
  const sid = await signInToApplication();
  await setSessions('expires_at = $1', Date.now() - 1_000);
  await isTold(sid);
}, 60_000);

test('of a session that an administrator ends', async () => {
  // As if it were another: whoever signs in anew has to prove more.
  await setSessions('expires_at = $1, ended_at = null, end_reason = null', Date.now() + 3_600_000);
  const sid = await signInToApplication();
  const { items } = (await program.admin('GET', `/users/${userId}/sessions`)) as { items: { id: string }[] };
  await program.admin('POST', `/users/${userId}/sessions/${items[0]?.id}/end`, {});
  await isTold(sid);
}, 60_000);
