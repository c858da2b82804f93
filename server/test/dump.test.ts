/** Invariants 2 and 8: whoever steals the whole database, a backup of it or the log has nothing to use. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, becomeAdministrator, CALLBACK, getCode, hiddenFields, oauthPost } from './browser.ts';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { plantInDecisions } from './plant-in-decisions.ts';
import { type Program, startProgram } from './running-program.ts';
import { plantSession } from './session-world.ts';
import { takeDumps } from './take-dumps.ts';

const ADMINISTRATOR = { name: 'Ada', email: 'ada@example.com', password: 'seventeen purple lanterns drift' };
const WRONG_PASSWORD = 'eighteen yellow lanterns sink';
const PASSPHRASE = 'a passphrase for the backup file';

let upstream: EchoUpstream;
let program: Program;
/** Everything that opens a door, by what it is. */
const secrets = new Map<string, string>();
let dumps: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram({ logLevel: 'trace' });
  await program.admin('POST', '/apply', everyKind(upstream.url));
  await machineCredentials();
  await registeredCredentials();
  await personCredentials();
  await mailCredentials();
  await mistakes();
  secrets.set('local administrator credential', program.adminToken);
  secrets.set('master key', readMasterKey());
  dumps = await takeDumps(program, PASSPHRASE);
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

async function machineCredentials(): Promise<void> {
  const live = await program.issueKey({ plan: 'plenty' });
  const ended = await program.issueKey({ environment: 'test', expiresInSeconds: 3600 });
  secrets.set('API key', live.key).set('revoked API key', ended.key);
  for (const [what, secret] of await plantInDecisions(program, live.key)) secrets.set(what, secret);
  await fetch(`${program.gatewayUrl}/things/one`, { headers: { 'x-api-key': live.key } });
  await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${ended.key}` } });
  for (const name of ['orders-key', 'in-address']) {
    const value = `third_${randomBytes(24).toString('base64url')}`;
    secrets.set(`secret of an upstream: ${name}`, value);
    await program.admin('PUT', `/upstreams/orders/secrets/${name}`, { value });
  }
  const brought = `sk_old_${randomBytes(24).toString('base64url')}`;
  const format = { algorithm: 'hmac-sha256', prefix: 'sk_old_', lengthMin: 20, lengthMax: 64 };
  const [salt, hmac] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
  const hash = createHmac('sha256', hmac).update(`${salt}${brought}`).digest('hex');
  secrets.set('key of another system', brought).set('what another system kept of it', hash);
  secrets.set('salt of another system', salt).set('HMAC secret of another system', hmac);
  const imported = await program.admin('POST', '/keys/import', {
    format: { ...format, saltBefore: salt, secret: hmac },
    records: [{ name: 'brought', hash, scopes: ['things:read'] }],
  });
  expect(imported).toMatchObject({ created: 1 });
  const used = await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${brought}` } });
  expect(used.status).toBe(200);
  await program.admin('POST', `/keys/${ended.id}/revoke`, { reason: 'for the test' });
  const { secret } = await program.admin('POST', '/clients/reporter/secrets', {});
  secrets.set('client secret', String(secret));
  const webhook = await program.admin('POST', '/webhooks/acme--widget/secrets', {});
  secrets.set('secret of a webhook', String(webhook.secret)).set('key of a webhook', String(webhook.secret).slice(6));
  const reporter = { id: 'reporter', secret: String(secret) };
  const answer = await oauthPost(program, 'token', reporter, { grant_type: 'client_credentials' });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  secrets.set('access token of a client', token);
  await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${token}` } });
  await oauthPost(program, 'introspect', reporter, { token });
  await oauthPost(program, 'revoke', reporter, { token });
}

/** Of devices, and of clients that register themselves. */
async function registeredCredentials(): Promise<void> {
  const tv = { type: 'public', grants: ['device_code'], scopes: ['things:read'], apis: ['things'] };
  await program.admin('PUT', '/clients/tv', { spec: tv });
  const device = await fetch(`${program.issuer}/oauth/device_authorization`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'tv' }),
  });
  const { device_code: deviceCode } = (await device.json()) as { device_code: string };
  secrets.set('device code', deviceCode);
  const { token } = await program.admin('POST', '/initial-access-tokens', { policy: 'agents', uses: 2 });
  secrets.set('initial access token', String(token));
  const registered = await fetch(`${program.issuer}/oauth/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://agent.example.com/callback'] }),
  });
  const { registration_access_token: own } = (await registered.json()) as { registration_access_token: string };
  secrets.set('registration access token', own);
}

async function personCredentials(): Promise<void> {
  secrets.set('set-up link', new URL(await program.administratorLink()).searchParams.get('link') ?? '');
  secrets.set('password', ADMINISTRATOR.password);
  const browser = await becomeAdministrator(program, ADMINISTRATOR);
  const approvalCode = 'persimmon-approval-4711';
  secrets.set('approval code', approvalCode);
  const { interaction = '' } = hiddenFields(await (await browser.get('/approvals')).text());
  expect((await browser.post('/approvals', { interaction, approval_code: approvalCode })).status).toBe(200);
  secrets.set('secret of an authenticator app', browser.enrolled?.secret ?? '');
  for (const [index, code] of (browser.enrolled?.recoveryCodes ?? []).entries()) {
    secrets.set(`recovery code ${index}`, code).set(`recovery code ${index}, plain`, code.replaceAll('-', ''));
  }
  for (const [what, secret] of await plantSession(program, browser, upstream.url)) secrets.set(what, secret);
  const { secret } = await program.admin('POST', '/clients/web/secrets', {});
  secrets.set('client secret of a web application', String(secret));
  const web = { id: 'web', secret: String(secret) };
  const scope = 'openid profile email offline_access things:read';
  const grant = await getCode(browser, scope);
  secrets.set('authorization code', grant.code).set('PKCE verifier', grant.codeVerifier);
  secrets.set('consent interaction', grant.interaction ?? '');
  const redeem = async (fields: Record<string, string>) =>
    (await (await oauthPost(program, 'token', web, fields)).json()) as Record<string, string>;
  const { code, codeVerifier } = grant;
  const first = await redeem({
    grant_type: 'authorization_code',
    code,
    code_verifier: codeVerifier,
    redirect_uri: CALLBACK,
  });
  secrets.set('access token of a person', String(first.access_token)).set('id token', String(first.id_token));
  secrets.set('refresh token', String(first.refresh_token));
  // Exchanged: its answer, with the next one in it, is kept for a lost reply to be repeated.
  const second = await redeem({ grant_type: 'refresh_token', refresh_token: String(first.refresh_token) });
  secrets.set('rotated refresh token', String(second.refresh_token));
  secrets.set('refreshed access token', String(second.access_token));
  await fetch(`${program.gatewayUrl}/things/one`, { headers: { authorization: `Bearer ${second.access_token}` } });
  const pushed = await oauthPost(program, 'par', web, {
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid',
    state: 'a state that tells much',
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const { request_uri: requestUri } = (await pushed.json()) as { request_uri: string };
  secrets.set('pushed request', requestUri.slice(requestUri.lastIndexOf(':') + 1));
  secrets.set('state of a pushed request', 'a state that tells much');
  secrets.set('code that was not used', (await getCode(browser, scope)).code);
  const account = await (await browser.get('/account')).text();
  secrets.set('CSRF token', hiddenFields(account).csrf_token ?? '');
  for (const value of browser.secrets) secrets.set(`cookie ${value.slice(0, 6)}`, value);
}

/** What comes in with people from elsewhere, and what leaves by mail. */
async function mailCredentials(): Promise<void> {
  const email = 'imported@example.com';
  const hash = randomBytes(32).toString('base64');
  secrets.set('imported password hash', hash);
  const passwordHash = { algorithm: 'pbkdf2', digest: 'sha256', iterations: 1000, salt: 'c2FsdA==', hash };
  const { id } = await program.admin('POST', '/user-imports', { key: 'for-the-dump', format: 'ndjson' });
  await program.admin('POST', `/user-imports/${id}/records`, { from: 0, records: [{ email, passwordHash }] });
  const browser = new Browser(program.issuer);
  const form = hiddenFields(await (await browser.get('/recover')).text());
  await browser.post('/recover', { ...form, email });
  const link = await newestLink('/recover/password');
  secrets.set('recovery link', link);
  await browser.get(`/recover/password?link=${link}`);
  const { items } = (await program.admin('GET', `/users?search=${email}`)) as { items: { id: string }[] };
  const made = await program.admin('POST', `/users/${items[0]?.id}/recovery-link`, { delivery: 'shown' });
  const shown = new URL(String(made.link)).searchParams.get('link') ?? '';
  secrets.set('recovery link of an administrator', shown);
  await new Browser(program.issuer).get(`/recover/password?link=${shown}`);
  await program.admin('POST', '/invitations', { email: 'invited@example.com' });
  const invitation = await newestLink('/invitation');
  secrets.set('invitation link', invitation);
  await new Browser(program.issuer).get(`/invitation?link=${invitation}`);
}

/** The link to this page in the newest mail that has one. */
async function newestLink(path: string): Promise<string> {
  let link = '';
  await program.until(async () => {
    const { items } = (await (await fetch(`${program.issuer}/dev/outbox.json`)).json()) as {
      items: { text: string }[];
    };
    const found = new RegExp(`${path}\\?link=(gh_ln_\\w+)`);
    link = items.map(({ text }) => found.exec(text)?.[1]).find((each) => each !== undefined) ?? '';
    return link !== '';
  }, `a link to ${path} is in the outbox`);
  return link;
}

/** What people type and send in the wrong place must not be written down either. */
async function mistakes(): Promise<void> {
  secrets.set('mistyped password', WRONG_PASSWORD).set('passphrase of a backup', PASSPHRASE);
  const form = await fetch(`${program.issuer}/sign-in`);
  const cookie = (form.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  await fetch(`${program.issuer}/sign-in`, {
    method: 'POST',
    headers: { origin: program.issuer, cookie },
    body: new URLSearchParams({
      ...hiddenFields(await form.text()),
      email: ADMINISTRATOR.email,
      password: WRONG_PASSWORD,
    }),
  });
  // A caller that puts its key into the address, which ends up in access records.
  const key = secrets.get('API key') ?? '';
  await fetch(
    `${program.gatewayUrl}/things/one?api_key=${key}&access_token=${secrets.get('access token of a person')}`,
  );
  await fetch(`${program.gatewayUrl}/nowhere?key=${key}`);
  await fetch(`${program.issuer}/api/v1/keys?key=${key}`);
  // Refused requests are kept, to be explained: without what they should not have held.
  const secret = secrets.get('client secret') ?? '';
  const code = secrets.get('code that was not used') ?? '';
  const misplaced = { grant_type: 'authorization_code', code, scope: code, resource: `https://x.example/?key=${key}` };
  const refused = await oauthPost(program, 'token', { id: 'reporter', secret }, { ...misplaced, [secret]: key });
  const { error_id: refusal } = (await refused.json()) as { error_id: string };
  await program.until(
    async () => (await program.cli('explain', refusal)).code === 0,
    'the refused request can be explained',
  );
}

function readMasterKey(): string {
  const text = readFileSync(join(program.dataFolder, 'master.key'), 'utf8');
  const key = /^[A-Za-z0-9+/_=-]{40,}$/m.exec(text)?.[0];
  if (key === undefined) throw new Error('the master key was not found in its file');
  return key;
}

/** The ways in which a text may be written down, and what is left of a token when its beginning is cut off. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].flatMap((shift) => {
    // Inside a longer text the secret begins at any third byte; the characters at its ends depend on its neighbours.
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = text.slice(shift === 0 ? 0 : 4, -2);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const body = secret.startsWith('gh_') ? [secret.slice(secret.indexOf('_', 3) + 1)] : [];
  const signature = secret.split('.').length === 3 ? [secret.slice(secret.lastIndexOf('.') + 1)] : [];
  const texts = [secret, ...body, ...signature, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64];
  const raw = /^[A-Za-z0-9+/_-]{42,}=*$/.test(secret) ? [Buffer.from(secret, 'base64')] : [];
  return [...texts.map((text) => Buffer.from(text)), ...raw, ...raw.map((key) => Buffer.from(key.toString('hex')))];
}

const KINDS = [
  'API key',
  'revoked API key',
  'client secret',
  'secret of an upstream: orders-key',
  'secret of an upstream: in-address',
  'key of another system',
  'what another system kept of it',
  'HMAC secret of another system',
  'access token of a client',
  'access token of a person',
  'refreshed access token',
  'id token',
  'authorization code',
  'code that was not used',
  'PKCE verifier',
  'refresh token',
  'rotated refresh token',
  'device code',
  'initial access token',
  'registration access token',
  'consent interaction',
  'set-up link',
  'imported password hash',
  'recovery link',
  'recovery link of an administrator',
  'invitation link',
  'password',
  'mistyped password',
  'CSRF token',
  'cookie gh_ss_',
  'cookie gh_cf_',
  'cookie of a session at the gateway',
  'state of a sign-in at the gateway',
  'CSRF token of a session at the gateway',
  'local administrator credential',
  'master key',
  'passphrase of a backup',
];

test('every kind of secret was issued', () => {
  for (const kind of KINDS) expect(secrets.get(kind)?.length, kind).toBeGreaterThan(20);
});

test('a secret would be found, whatever stands before it', () => {
  const secret = 'gh_live_RVUDBAStHTobXB4LvVPDdUG23ee1iCVZb';
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = Buffer.from(`${before}${secret};${before}`);
    for (const form of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      const dump = Buffer.from(`x${text.toString(form)}`);
      expect(
        spellings(secret).some((spelling) => dump.includes(spelling)),
        `${form} after "${before}"`,
      ).toBe(true);
    }
  }
  expect(spellings(secret).some((spelling) => Buffer.from('gh_live_other').includes(spelling))).toBe(false);
});

test('the dumps are whole', () => {
  for (const name of ['database', 'backup', 'files of the database']) {
    expect(dumps.get(name)?.includes(ADMINISTRATOR.email), name).toBe(true);
    expect(dumps.get(name)?.includes('things-open'), name).toBe(true);
  }
  expect(dumps.get('log')?.length).toBeGreaterThan(1000);
  expect(dumps.get('encrypted backup')?.includes(ADMINISTRATOR.email)).toBe(false);
});

describe.each(['database', 'backup', 'encrypted backup', 'files of the database', 'log'])('%s', (name) => {
  // Hundreds of megabytes, looked through for each spelling of each secret.
  test('holds no secret, as it is, in base64, base64url or hex', { timeout: 120_000 }, () => {
    const dump = dumps.get(name) ?? Buffer.alloc(0);
    const found = [...secrets].filter(([, secret]) => spellings(secret).some((spelling) => dump.includes(spelling)));
    expect(found.map(([kind]) => kind)).toEqual([]);
  });
});

test.each(['database', 'backup', 'log'])('%s: no plain hash of a secret that could be held against it', (name) => {
  const dump = dumps.get(name) ?? Buffer.alloc(0);
  const found = [...secrets].filter(
    // RFC 7636 §4.2: the challenge is the hash of the verifier, and public.
    ([kind, secret]) => kind !== 'PKCE verifier' && hashes(secret).some((hash) => dump.includes(hash)),
  );
  expect(found.map(([kind]) => kind)).toEqual([]);
});

function hashes(secret: string): (string | Buffer)[] {
  return ['sha256', 'sha512', 'sha1', 'md5'].flatMap((algorithm) => {
    const hash = createHash(algorithm).update(secret).digest();
    return [hash, hash.toString('hex'), hash.toString('base64'), hash.toString('base64url')];
  });
}
