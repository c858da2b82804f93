/** The real sign-in pages and the issuer together: from the application's request through the password to the code. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSafeFetch, systemPrincipal } from '#base';
import { keyringMigrations, openKeyring, openSigningKeys } from '#keyring';
import {
  apiKind,
  clientKind,
  issueClientSecret,
  type OAuthServer,
  oauthMigrations,
  openOAuth,
  singleIssuer,
} from '#oauth';
import { applyResources, kindRegistry, readPlainDocuments, systemCaller } from '#resources';
import { cookiesFor, createSessionPort, endedSessions, endedSessionsIn } from '#signin';
import { recordChange } from '#store';
import { testLogger } from '#testing';
import { appCode, enrolTotp, hiddenFieldsOf, openPages, PASSWORD, tenantId } from '../signin/signin-pages.fixture.ts';
import { oauthRoutes } from './oauth-routes.ts';

const issuer = 'http://localhost:7700';
let pages: Awaited<ReturnType<typeof openPages>>;
let closeRooms: () => void;
let oauth: OAuthServer;
let secret: string;

beforeAll(async () => {
  pages = await openPages(issuer, [keyringMigrations, oauthMigrations]);
  const base = { ...pages.deps, recordChange, log: testLogger() };
  const environment = { KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64') };
  const keyring = await openKeyring({ ...base, masterKey: { kind: 'environment', variable: 'KEY', environment } });
  const signingKeys = await openSigningKeys({ ...base, keyring });
  await signingKeys.ensure(tenantId);
  const web = {
    type: 'confidential',
    grants: ['authorization_code'],
    redirectUris: ['https://web.example.com/callback'],
    scopes: ['openid'],
  };
  await applyResources(base, {
    caller: systemCaller(tenantId, 'test'),
    documents: readPlainDocuments(kindRegistry([apiKind, clientKind]), [{ kind: 'client', name: 'web', spec: web }]),
  });
  const sessions = createSessionPort({ ...pages.deps, cookies: cookiesFor(issuer) }, { tenantId });
  oauth = await openOAuth({
    ...base,
    keyring,
    signingKeys,
    issuers: singleIssuer(issuer),
    fetches: { clients: createSafeFetch(), issuers: createSafeFetch(), backChannel: createSafeFetch() },
    organizations: { domainsOf: () => [] },
    signin: {
      acrValues: ['aal1', 'aal2'],
      currentSession: ({ cookie }) => sessions.currentSession(cookie),
      endSession: async () => undefined,
      endedSessions: (tenant, ids) => endedSessions(pages.deps, { tenantId: tenant, ids }),
      endedSessionsIn: (tx, tenant, ids) => endedSessionsIn(tx, pages.deps.clock, { tenantId: tenant, ids }),
    },
    users: {
      userClaims: async () => ({ name: 'Ada', email: 'ada@example.com', roles: [] }),
      claimsOfMany: async (_tx, _tenantId, people) =>
        people.map(() => ({ name: 'Ada', email: 'ada@example.com', roles: [] })),
      userByEmail: async () => undefined,
      standing: async (_, ids) => new Map(ids.map((id) => [id, 0])),
    },
  });
  const actor = systemPrincipal(tenantId, 'test');
  ({ secret } = await issueClientSecret({ ...base, keyring }, { tenantId, clientId: 'web', actor }));
  await pages.app.register(oauthRoutes({ ...base, oauth, tenantId, issuer, viewOf: pages.viewOf }));
  await pages.addUser('ada@example.com');
  closeRooms = () => {
    oauth.close();
    signingKeys.close();
    keyring.close();
  };
});
afterAll(async () => {
  closeRooms();
  await pages.close();
});

const request = new URLSearchParams({
  response_type: 'code',
  client_id: 'web',
  redirect_uri: 'https://web.example.com/callback',
  scope: 'openid',
  // What a library may put there: reserved characters, spaces, letters beyond ASCII.
  state: 'a b+c/d=e&f%20"ü',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
});

type Browser = ReturnType<typeof pages.browser>;

/** From wherever the browser was sent to sign in, back to the authorization endpoint; what that answers. */
async function signInFrom(browser: Browser, location: unknown) {
  expect(location).toMatch(/^\/sign-in\?return_to=/);
  const form = await browser.get(String(location));
  const signedIn = await browser.post('/sign-in', {
    ...hiddenFieldsOf(form),
    email: 'ada@example.com',
    password: PASSWORD,
  });
  expect(signedIn.statusCode).toBe(303);
  const between = await browser.get(String(signedIn.headers.location));
  return browser.get(String(between.headers.refresh).replace('0; url=', ''));
}

test('a stranger signs in, agrees, and comes back to the application with its state', async () => {
  const browser = pages.browser();
  const first = await browser.get(`/oauth/authorize?${request}`);
  expect(first.statusCode).toBe(303);
  const consent = await signInFrom(browser, first.headers.location);
  expect(consent.statusCode).toBe(200);
  expect(consent.body).toContain('ada@example.com');
  const done = await browser.post('/oauth/consent', { ...hiddenFieldsOf(consent), decision: 'allow' });
  expect(done.statusCode).toBe(303);
  const callback = new URL(String(done.headers.location));
  expect(callback.origin).toBe('https://web.example.com');
  expect(callback.searchParams.get('code')).toMatch(/^gh_ac_/);
  expect(callback.searchParams.get('state')).toBe(request.get('state'));
});

test.each(['prompt=login', 'max_age=0'])('%s asks for the password once more, and only once', async (demand) => {
  const browser = pages.browser();
  const first = await browser.get(`/oauth/authorize?${request}`);
  await signInFrom(browser, first.headers.location);
  pages.clock.advance(120_000);
  const again = await browser.get(`/oauth/authorize?${request}&${demand}`);
  expect(again.statusCode).toBe(303);
  pages.clock.advance(5000);
  const back = await signInFrom(browser, again.headers.location);
  // Consent was given in the test before: the code comes at once.
  expect(back.statusCode).toBe(303);
  expect(String(back.headers.location)).toMatch(/^https:\/\/web\.example\.com\/callback\?code=/);
});

/** The application's request, and what it gets for the code that comes back. */
function application() {
  const verifier = 'v'.repeat(43);
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const asked = new URLSearchParams({ ...Object.fromEntries(request), code_challenge: challenge });
  const redeem = async (location: unknown) => {
    const code = new URL(String(location)).searchParams.get('code') ?? '';
    const { body } = await oauth.token({
      tenantId,
      params: Object.entries({ grant_type: 'authorization_code', code, code_verifier: verifier }),
      authorization: `Basic ${Buffer.from(`web:${secret}`).toString('base64')}`,
      ip: '192.0.2.1',
    });
    return body as Record<string, unknown>;
  };
  return { asked, redeem };
}

test('signing out ends the tokens of the session before the last sign-in too', async () => {
  const browser = pages.browser();
  const { asked, redeem } = application();
  const tokens = async (location: unknown) => String((await redeem(location)).access_token);
  const isAlive = async (token: string) =>
    oauth.verifier.verifyAccessToken(token, { audience: issuer }, pages.clock.now()).ok;

  const first = await browser.get(`/oauth/authorize?${asked}`);
  const early = await tokens((await signInFrom(browser, first.headers.location)).headers.location);
  const again = await browser.get(`/oauth/authorize?${asked}&prompt=login`);
  const late = await tokens((await signInFrom(browser, again.headers.location)).headers.location);
  await pages.deps.store.changes.caughtUp();
  expect([await isAlive(early), await isAlive(late)]).toEqual([true, true]);

  const account = await browser.get('/account');
  expect((await browser.post('/sign-out', hiddenFieldsOf(account))).statusCode).toBe(303);
  await pages.deps.store.changes.caughtUp();
  expect([await isAlive(early), await isAlive(late)]).toEqual([false, false]);
});

test.each([
  ['ada@example.com', 'value="ada@example.com"'],
  ['"><script>', 'value="&quot;&gt;&lt;script&gt;"'],
  ['x'.repeat(400), 'value=""'],
])('login_hint=%s stands in the form', async (hint, shown) => {
  const browser = pages.browser();
  const first = await browser.get(`/oauth/authorize?${request}&login_hint=${encodeURIComponent(hint)}`);
  const form = await browser.get(String(first.headers.location));
  expect(/<input[^>]*name="email"[^>]*>/.exec(form.body)?.[0]).toContain(shown);
});

test('acr_values leads to the step-up page and back, with the code and the strength that was asked for', async () => {
  const browser = pages.browser();
  const { asked, redeem } = application();
  const first = await browser.get(`/oauth/authorize?${asked}`);
  await signInFrom(browser, first.headers.location);

  /** From the authorization endpoint to the step that the flow stands at. */
  const stepUp = async (demand: string) => {
    const sent = await browser.get(`/oauth/authorize?${asked}&${demand}`);
    expect(sent.headers.location).toMatch(/^\/sign-in\/step-up\?acr_values=aal2&return_to=/);
    const flow = await browser.get(String(sent.headers.location));
    expect([flow.statusCode, flow.headers.location]).toEqual([303, '/sign-in/flow']);
  };
  const backFrom = async (path: string) => {
    expect(path).toMatch(/^\/sign-in\/continue\?/);
    const between = await browser.get(path);
    return browser.get(String(between.headers.refresh).replace('0; url=', ''));
  };
  const claimsOf = async (location: unknown) =>
    JSON.parse(Buffer.from(String((await redeem(location)).id_token).split('.')[1] ?? '', 'base64url').toString());

  // Nobody's app yet: it is set up on the way, and the codes for when it is lost are shown before it goes on.
  await stepUp('acr_values=aal2');
  const { secret: app, done } = await enrolTotp(pages, browser);
  const next = /href="(\/sign-in\/continue[^"]+)"/.exec(done.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const raised = await backFrom(next);
  expect(raised.headers.location).toMatch(/^https:\/\/web\.example\.com\/callback\?code=/);
  expect(await claimsOf(raised.headers.location)).toMatchObject({ acr: 'aal2', amr: ['mfa', 'otp', 'pwd'] });

  // That strength stands: asked again, the code comes at once.
  const again = await browser.get(`/oauth/authorize?${asked}&acr_values=aal2`);
  expect(again.headers.location).toMatch(/^https:\/\/web\.example\.com\/callback\?code=/);

  // Too long ago: password and app are asked for once more, and the token says when.
  pages.clock.advance(120_000);
  const stale = await browser.get(`/oauth/authorize?${asked}&acr_values=aal2&max_age=60`);
  const form = hiddenFieldsOf(await browser.get(String(stale.headers.location)));
  const signedIn = await browser.post('/sign-in', { ...form, email: 'ada@example.com', password: PASSWORD });
  expect(signedIn.headers.location).toBe('/sign-in/flow');
  const fields = { ...hiddenFieldsOf(await browser.get('/sign-in/flow')), code: appCode(pages, app) };
  const fresh = await backFrom(String((await browser.post('/sign-in/flow/code', fields)).headers.location));
  const seconds = Math.floor(pages.clock.now() / 1000);
  expect(await claimsOf(fresh.headers.location)).toMatchObject({ acr: 'aal2', auth_time: seconds });
});
