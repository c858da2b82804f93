import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestControlServer, type TestControlServer } from './control-server.fixture.ts';

let here: TestControlServer;

beforeAll(async () => {
  here = await openTestControlServer({
    plugins: [
      async (server) => {
        server.post('/test/body', { config: { permission: 'test:write' } }, (request) => request.body);
      },
    ],
  });
});
afterAll(() => here.close());

const bearer = (role: string) => ({ authorization: `Bearer ${role}` });

describe('bad requests', () => {
  const json = { 'content-type': 'application/json', ...bearer('administrator') };
  const big = 'x'.repeat(5 * 1024 * 1024);
  const cases: [name: string, request: object, status: number, code: string][] = [
    ['no credential', { url: '/api/v1/roles' }, 401, 'admin_credential_missing'],
    ['an unknown credential', { url: '/api/v1/roles', headers: bearer('unknown') }, 401, 'admin_credential_refused'],
    [
      'another scheme',
      { url: '/api/v1/roles', headers: { authorization: 'Basic YTpi' } },
      401,
      'admin_credential_refused',
    ],
    [
      'an empty credential',
      { url: '/api/v1/roles', headers: { authorization: 'Bearer ' } },
      401,
      'admin_credential_refused',
    ],
    [
      'two credentials in one',
      { url: '/api/v1/roles', headers: { authorization: 'Bearer a, Bearer b' } },
      401,
      'admin_credential_refused',
    ],
    [
      'a credential of 9,000 characters',
      { url: '/api/v1/roles', headers: bearer('a'.repeat(9000)) },
      401,
      'admin_credential_refused',
    ],
    [
      'a cookie instead of a credential',
      { url: '/api/v1/roles', headers: { cookie: 'gh_session=administrator' } },
      401,
      'admin_credential_missing',
    ],
    ['a credential in the query', { url: '/api/v1/roles?access_token=administrator' }, 401, 'admin_credential_missing'],
    ['no permission', { url: '/api/v1/roles', headers: bearer('none') }, 403, 'permission_missing'],
    [
      'a permission to read only',
      { method: 'DELETE', url: '/api/v1/roles/x', headers: bearer('viewer') },
      403,
      'permission_missing',
    ],
    [
      'no credential and 5 MB',
      { method: 'POST', url: '/api/v1/keys', headers: { 'content-type': 'application/json' }, payload: big },
      401,
      'admin_credential_missing',
    ],
    [
      'no permission and no JSON',
      {
        method: 'POST',
        url: '/api/v1/keys',
        headers: { 'content-type': 'application/json', ...bearer('none') },
        payload: '{',
      },
      403,
      'permission_missing',
    ],
    ['5 MB', { method: 'POST', url: '/api/v1/keys', headers: json, payload: big }, 413, 'body_too_large'],
    [
      'broken JSON',
      { method: 'POST', url: '/api/v1/keys', headers: json, payload: '{"name": ' },
      400,
      'body_malformed',
    ],
    ['an empty body', { method: 'POST', url: '/api/v1/keys', headers: json, payload: '' }, 400, 'body_malformed'],
    [
      'a poisoned prototype',
      { method: 'POST', url: '/api/v1/keys', headers: json, payload: '{"__proto__": {"admin": true}, "name": "x"}' },
      400,
      'body_malformed',
    ],
    [
      'a form',
      {
        method: 'POST',
        url: '/api/v1/keys',
        headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'name=x',
      },
      415,
      'media_type_unsupported',
    ],
    [
      'plain text',
      {
        method: 'POST',
        url: '/api/v1/keys',
        headers: { ...json, 'content-type': 'text/plain' },
        payload: '{"name":"x"}',
      },
      415,
      'media_type_unsupported',
    ],
    [
      'YAML where only JSON is taken',
      {
        method: 'PUT',
        url: '/api/v1/roles/x',
        headers: { ...json, 'content-type': 'application/yaml' },
        payload: 'spec: {}',
      },
      415,
      'media_type_unsupported',
    ],
    ['an unknown path', { url: '/api/v1/nothing' }, 404, 'path_not_found'],
    [
      'an unknown path with a body',
      { method: 'POST', url: '/nothing', headers: json, payload: big },
      404,
      'path_not_found',
    ],
    ['another method', { method: 'PATCH', url: '/api/v1/roles/x' }, 405, 'method_unsupported'],
    [
      'a broken escape in the path',
      { url: '/api/v1/roles/%zz', headers: bearer('administrator') },
      400,
      'http_malformed',
    ],
    [
      'a part of the path of 300 characters',
      { url: `/api/v1/roles/${'x'.repeat(300)}`, headers: bearer('administrator') },
      414,
      'url_too_long',
    ],
    ['a name that is no name', { url: '/api/v1/roles/A%2Fb', headers: bearer('administrator') }, 400, 'invalid_input'],
    ['a page too large', { url: '/api/v1/roles?limit=5000', headers: bearer('administrator') }, 400, 'invalid_input'],
    ['an unknown parameter', { url: '/api/v1/roles?limt=5', headers: bearer('administrator') }, 400, 'invalid_input'],
    [
      'a parameter given twice',
      { url: '/api/v1/roles?cursor=a&cursor=b', headers: bearer('administrator') },
      400,
      'invalid_input',
    ],
    [
      'a cursor of somebody else',
      { url: '/api/v1/roles?cursor=%21%21', headers: bearer('administrator') },
      400,
      'cursor_invalid',
    ],
  ];
  it.each(cases)('%s', async (_name, request, status, code) => {
    const response = await here.server.inject(request);
    expect({ status: response.statusCode, code: response.json().code }).toEqual({ status, code });
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toMatchObject({
      type: `/docs/errors#${code}`,
      status,
      instance: `urn:gatehouse:request:${response.headers['x-request-id']}`,
    });
  });

  it('says which field, and what was meant', async () => {
    const payload = { nmae: 'x', environment: 'prod', scopes: 'weather:read' };
    const response = await here.server.inject({ method: 'POST', url: '/api/v1/keys', headers: json, payload });
    expect(response.json().fields).toEqual([
      { path: 'environment', message: 'must be one of "live", "test"' },
      { path: 'scopes', message: 'must be a list, not the text "weather:read"' },
      { path: 'nmae', message: 'unknown field "nmae"; did you mean "name"?' },
    ]);
  });

  it('names the methods that a path takes', async () => {
    const response = await here.server.inject({ method: 'PATCH', url: '/api/v1/roles/x' });
    expect(response.headers.allow).toBe('DELETE, GET, HEAD, PUT');
  });

  it('names the permission that is missing', async () => {
    const response = await here.server.inject({ url: '/metrics', headers: bearer('key-issuer') });
    expect(response.json()).toMatchObject({ code: 'permission_missing', missing: ['metrics:read'] });
  });

  it('tells a refused credential from a missing one', async () => {
    const response = await here.server.inject({ url: '/api/v1/roles', headers: bearer('unknown') });
    expect(response.headers['www-authenticate']).toBe('Bearer realm="gatehouse", error="invalid_token"');
  });
});

describe('on a socket', () => {
  let port = 0;
  beforeAll(async () => {
    await here.server.listen({ host: '127.0.0.1', port: 0 });
    const [address] = here.server.addresses();
    port = typeof address === 'object' ? address.port : 0;
  });

  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });
  const head = (...lines: string[]) =>
    `GET /healthz HTTP/1.1\r\n${['connection: close', ...lines].join('\r\n')}\r\n\r\n`;

  it.each([
    ['a second Host', head('host: a', 'host: b'), 400, 'http_malformed'],
    [
      'a second Authorization',
      head('host: a', 'authorization: Bearer a', 'authorization: Bearer b'),
      400,
      'http_malformed',
    ],
    ['no Host', head(), 400, undefined],
    ['a Host that is none', head('host: a b'), 400, 'http_malformed'],
    ['a Host with user information', head('host: me@a'), 400, 'http_malformed'],
    ['a header of 1 MB', head('host: a', `x: ${'y'.repeat(1024 * 1024)}`), 431, 'head_too_large'],
    ['something that is not HTTP', 'hello\r\n\r\n', 400, 'http_malformed'],
    [
      'both lengths',
      'POST /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'http_malformed',
    ],
  ])('%s', async (_name, text, status, code) => {
    const answer = await send(text).catch((error: Error) => error.message);
    // A peer that is still sending when it is refused may see the connection reset before it reads the answer.
    if (status === 431 && /EPIPE|ECONNRESET/.test(answer)) return;
    expect(answer.split('\r\n')[0]).toContain(`HTTP/1.1 ${status} `);
    if (code !== undefined) expect(answer).toContain(`"code":"${code}"`);
  });

  it('is healthy afterwards', async () => {
    expect(await send(head('host: a'))).toContain('{"status":"ok"}');
  });
});
