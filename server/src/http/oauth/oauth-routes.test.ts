import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ISSUER, openIssuer } from './issuer.fixture.ts';

let issuer: Awaited<ReturnType<typeof openIssuer>>;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer.close());

const json = async (response: Response) => (await response.json()) as Record<string, string>;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const query = new URLSearchParams({
  response_type: 'code',
  client_id: 'spa',
  redirect_uri: 'https://spa.example.com/callback',
  scope: 'openid',
  state: 'st',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
});
const consentQuery = new URLSearchParams({
  ...Object.fromEntries(query),
  client_id: 'web',
  redirect_uri: 'https://web.example.com/callback',
});

describe('bodies', () => {
  const token = (body: string, headers: Record<string, string>) =>
    issuer.fetch(`${ISSUER}/oauth/token`, { method: 'POST', headers, body });

  test.each([
    ['JSON', '{"grant_type":"client_credentials"}', { 'content-type': 'application/json' }, 400],
    ['text', 'grant_type=client_credentials', { 'content-type': 'text/plain' }, 400],
    ['multipart', 'x', { 'content-type': 'multipart/form-data; boundary=x' }, 400],
    ['broken escapes', 'grant_type=%zz', form, 400],
    ['broken UTF-8', 'grant_type=%ff', form, 400],
    ['U+0000', 'grant_type=authorization_code&redirect_uri=%00', form, 400],
    ['too large', `x=${'y'.repeat(70_000)}`, form, 400],
    ['a value too long', `client_id=${'y'.repeat(9000)}`, form, 400],
    ['too many parameters', Array.from({ length: 60 }, (_, index) => `p${index}=1`).join('&'), form, 400],
    ['repeated', 'grant_type=a&grant_type=b', form, 400],
    ['nothing', '', form, 401],
  ])('%s', async (_, body, headers, status) => {
    const response = await token(body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({
      error: status === 401 ? 'invalid_client' : 'invalid_request',
      error_description: expect.any(String),
      error_id: expect.stringMatching(/^err_/),
    });
  });

  test('a charset is no objection', async () => {
    const response = await token('grant_type=client_credentials&client_id=nobody&client_secret=x', {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    });
    expect(response.status).toBe(401);
  });

  test('GET on the token endpoint is no token request', async () => {
    expect((await issuer.fetch(`${ISSUER}/oauth/token?grant_type=client_credentials`)).status).toBe(404);
  });
});

describe('cross-origin', () => {
  test.each([
    '/oauth/token',
    '/oauth/userinfo',
    '/oauth/revoke',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/.well-known/jwks.json',
  ])('%s answers a preflight, without credentials', async (path) => {
    const response = await issuer.fetch(`${ISSUER}${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example.com', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
  });

  test.each(['/oauth/authorize', '/oauth/consent'])('%s does not (RFC 9700 §2.6)', async (path) => {
    const response = await issuer.fetch(`${ISSUER}${path}`, { method: 'OPTIONS' });
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('errors can be read by the app as well', async () => {
    const response = await issuer.fetch(`${ISSUER}/oauth/token`, { method: 'POST', headers: form, body: '' });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('metadata', () => {
  test.each(['/.well-known/openid-configuration', '/.well-known/jwks.json'])(
    '%s is cached, and revalidated',
    async (path) => {
      const first = await issuer.fetch(`${ISSUER}${path}`);
      expect(first.headers.get('cache-control')).toMatch(/^public, max-age=300/);
      const etag = first.headers.get('etag') ?? '';
      const again = await issuer.fetch(`${ISSUER}${path}`, { headers: { 'if-none-match': `"x", W/${etag}` } });
      expect(again.status).toBe(304);
      expect((await issuer.fetch(`${ISSUER}${path}`, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    },
  );

  test('every endpoint it names is there', async () => {
    const metadata: Record<string, string> = await json(
      await issuer.fetch(`${ISSUER}/.well-known/openid-configuration`),
    );
    const urls = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(urls.length).toBeGreaterThanOrEqual(7);
    for (const [, url] of urls) {
      const [get, post] = await Promise.all([issuer.fetch(url), issuer.fetch(url, { method: 'POST', headers: form })]);
      expect([get.status, post.status]).not.toEqual([404, 404]);
    }
  });
});

describe('where browsers are sent', () => {
  const get = (search: URLSearchParams | string, cookie = 'who=alice') =>
    issuer.fetch(`${ISSUER}/oauth/authorize?${search}`, { headers: { cookie } });

  test('303 to the client, and nothing of it is kept', async () => {
    const response = await get(query);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toMatch(/^https:\/\/spa\.example\.com\/callback\?code=gh_ac_/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('POST as well', async () => {
    const response = await issuer.fetch(`${ISSUER}/oauth/authorize`, {
      method: 'POST',
      headers: { cookie: 'who=alice' },
      body: query,
    });
    expect(response.status).toBe(303);
  });

  test('HEAD issues nothing', async () => {
    const response = await issuer.fetch(`${ISSUER}/oauth/authorize?${query}`, { method: 'HEAD' });
    expect(response.status).toBe(404);
  });

  test('nobody: 303 to the sign-in page of ours', async () => {
    const response = await get(query, '');
    const location = new URL(response.headers.get('location') ?? '', ISSUER);
    expect([response.status, location.origin, location.pathname]).toEqual([303, ISSUER, '/sign-in']);
    const back = location.searchParams.get('return_to') ?? '';
    expect(back).toMatch(/^\/oauth\/authorize\?/);
    expect((await issuer.fetch(`${ISSUER}${back}`, { headers: { cookie: 'who=alice' } })).status).toBe(303);
  });

  test.each([
    ['unknown client', `${query}`.replace('client_id=spa', 'client_id=nobody')],
    ['foreign redirect URI', `${query}`.replace('spa.example.com', 'evil.example')],
    ['repeated parameter', `${query}&client_id=spa`],
    ['broken escapes', `${query}&x=%zz`],
    ['nothing', ''],
  ])('%s: a page, no redirect', async (_, search) => {
    const response = await get(search);
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await response.text()).toMatch(/err_[0-9a-z]{26}/);
  });

  test('a page never shows script from the request', async () => {
    const response = await get(`client_id=${encodeURIComponent('<script>alert(1)</script>')}`);
    expect(await response.text()).not.toContain('<script>');
  });
});

describe('the answer to the consent page', () => {
  const ask = async () => {
    const page = await issuer.fetch(`${ISSUER}/oauth/authorize?${consentQuery}&prompt=consent`, {
      headers: { cookie: 'who=alice' },
    });
    expect(page.status).toBe(200);
    return /name="interaction" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  };
  const answer = (interaction: string, headers: Record<string, string>) =>
    issuer.fetch(`${ISSUER}/oauth/consent`, {
      method: 'POST',
      headers: { cookie: 'who=alice', ...headers },
      body: new URLSearchParams({ interaction, decision: 'allow' }),
    });

  test.each([
    ['from another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['from a sibling host', { origin: 'https://evil.example', 'sec-fetch-site': 'same-site' }],
    ['from nowhere', {}],
    ['without the session', { origin: ISSUER, cookie: '' }],
  ])('%s: refused, and the question stands', async (_, headers) => {
    const interaction = await ask();
    expect((await answer(interaction, headers as Record<string, string>)).status).toBe(400);
    expect((await answer(interaction, { origin: ISSUER })).status).toBe(303);
    expect((await answer(interaction, { origin: ISSUER })).status).toBe(400);
  });
});

describe('client secrets on the Admin API', () => {
  const url = `${ISSUER}/api/v1/clients/machine/secrets`;
  const call = (method: string, credential: string | undefined, path = '', body?: unknown) =>
    issuer.fetch(`${url}${path}`, {
      method,
      headers: {
        ...(credential === undefined ? {} : { authorization: `Bearer ${credential}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  test('issued once, listed without itself, revoked', async () => {
    const issued = await call('POST', 'writer', '', { description: 'deploy' });
    expect(issued.status).toBe(201);
    expect(issued.headers.get('cache-control')).toBe('no-store');
    const { id = '', secret = '' } = await json(issued);
    expect(secret).toMatch(/^gh_cs_/);
    const list = await (await call('GET', 'reader')).text();
    expect(list).toContain(id);
    expect(list).not.toContain(secret);
    const works = async () =>
      (
        await issuer.fetch(`${ISSUER}/oauth/token`, {
          method: 'POST',
          body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'machine', client_secret: secret }),
        })
      ).status;
    expect(await works()).toBe(200);
    expect((await call('DELETE', 'writer', `/${id}`)).status).toBe(204);
    expect(await works()).toBe(401);
    expect((await call('DELETE', 'writer', `/${id}`)).status).toBe(404);
  });

  test.each([
    ['nobody', 'POST', undefined, {}, 401],
    ['a stranger', 'POST', 'stranger', {}, 401],
    ['a reader writing', 'POST', 'reader', {}, 403],
    ['a reader deleting', 'DELETE', 'reader', undefined, 403],
    ['nobody reading', 'GET', undefined, undefined, 401],
    ['an unknown field', 'POST', 'writer', { secret: 'mine' }, 400],
    ['a life of no time', 'POST', 'writer', { expiresInSeconds: 0 }, 400],
    ['a description that is none', 'POST', 'writer', { description: 1 }, 400],
  ])('%s', async (_, method, credential, body, status) => {
    const path = method === 'DELETE' ? '/csc_1' : '';
    expect((await call(method, credential, path, body)).status).toBe(status);
  });

  test('an unknown client', async () => {
    const response = await issuer.fetch(`${ISSUER}/api/v1/clients/nobody/secrets`, {
      headers: { authorization: 'Bearer reader' },
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'client_not_found' });
  });
});

describe('who the issuer is, no header says', () => {
  const asked = async (headers: Record<string, string>) => {
    const discovery = await issuer.fetch(`${ISSUER}/.well-known/openid-configuration`, { headers });
    const authorize = await issuer.fetch(`${ISSUER}/oauth/authorize?${query}`, { headers, redirect: 'manual' });
    const token = await issuer.fetch(`${ISSUER}/oauth/token`, { method: 'POST', headers: { ...form, ...headers } });
    const { error_id: _, ...refusal } = await json(token);
    return {
      discovery: await discovery.json(),
      realm: token.headers.get('www-authenticate'),
      refusal,
      // But for the moment and the proof, which are made anew.
      location: authorize.headers.get('location')?.replace(/signed_in_after.*$/, ''),
    };
  };

  test.each([
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', 'x-forwarded-port': '81' },
    { forwarded: 'host=evil.example;proto=http' },
    { 'x-original-host': 'evil.example', 'x-original-url': '/evil' },
  ])('%o', async (headers) => {
    expect(await asked(headers)).toEqual(await asked({}));
  });
});
