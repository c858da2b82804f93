/**
 * Debian's nginx, Caddy and HAProxy with the configurations of docs/guides/beside-a-proxy.md, on other ports, in front of a
 * service that believes everything. `node scripts/install-proxies.mjs` installs them, as root; what is missing is skipped.
 */
import type { ChildProcess } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#testing';
import { type EchoUpstream, startEchoUpstream } from '../echo-upstream.ts';
import { type Program, startProgram } from '../running-program.ts';
import { repositoryRoot } from '../source-tree.ts';
import { blockOf, caddyFile, nginxFile, PROGRAMS, startProxy } from './proxy-programs.ts';

const GUIDE = readFileSync(join(repositoryRoot, 'docs/guides/beside-a-proxy.md'), 'utf8');

const block = (language: string) => blockOf(GUIDE, language);

let program: Program;
let service: EchoUpstream;
let inner: number;
let beside: { port: number; grpcPort: number };
let key: string;
const running: ChildProcess[] = [];

/** As a route's upstream: where HAProxy's inner door is, too. */
const audience = () => `http://127.0.0.1:${inner}`;

beforeAll(async () => {
  beside = { port: await freePort(), grpcPort: await freePort() };
  inner = await freePort();
  service = await startEchoUpstream();
  program = await startProgram({ beside });
  const route = (name: string, more: object, authorize: object) => ({
    kind: 'route',
    name,
    spec: {
      match: { path: `/${name}/{id}`, methods: ['GET', 'POST'] },
      authorize,
      ...more,
      upstream: { url: audience() },
    },
  });
  const documents = [
    route('orders', {}, { scopes: ['things:read'] }),
    route('admin', {}, { scopes: ['things:administer'] }),
    route('live', {}, { scopes: ['things:read'], environments: ['live'] }),
    route('rare', { limit: { requests: 1, perSeconds: 3600 } }, { scopes: ['things:read'] }),
  ];
  await program.admin('POST', '/apply', documents.map((document) => JSON.stringify(document)).join('\n---\n'));
  ({ key } = await program.issueKey());
}, 60_000);

afterAll(async () => {
  for (const child of running) if (child.exitCode === null && child.kill()) await once(child, 'exit');
  await program?.remove();
  await service?.close();
});

const start = async (path: string, args: readonly string[], url: string) =>
  void running.push(await startProxy(path, args, url));

function folderOf(name: string): string {
  const folder = join(program.folder, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

const toService = (text: string, port: number) =>
  text
    .replaceAll('127.0.0.1:7850', `127.0.0.1:${beside.port}`)
    .replaceAll('127.0.0.1:7950', new URL(service.url).host)
    .replaceAll('8080', String(port));

async function startNginx(): Promise<string> {
  const folder = folderOf('nginx');
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, nginxFile(folder, toService(block('nginx'), port)));
  await start(PROGRAMS.nginx, ['-c', file, '-e', join(folder, 'error.log')], `http://127.0.0.1:${port}/`);
  return `http://127.0.0.1:${port}`;
}

async function startCaddy(): Promise<string> {
  const folder = folderOf('caddy');
  const port = await freePort();
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, caddyFile(folder, toService(block('caddyfile'), port)));
  await start(PROGRAMS.caddy, ['run', '--config', file, '--adapter', 'caddyfile'], `http://127.0.0.1:${port}/`);
  return `http://127.0.0.1:${port}`;
}

async function startHaproxy(): Promise<string> {
  const folder = folderOf('haproxy');
  const port = await freePort();
  const jwks = (await (await fetch(`${program.issuer}/.well-known/jwks.json`)).json()) as { keys: { alg: string }[] };
  const jwk = jwks.keys.find(({ alg }) => alg === 'ES256');
  const pem = createPublicKey({ key: { ...jwk }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
  writeFileSync(join(folder, 'gatehouse.pem'), pem);
  const file = join(folder, 'haproxy.cfg');
  const text = block('haproxy')
    .replaceAll('127.0.0.1:7800', `127.0.0.1:${program.ports.gateway}`)
    .replaceAll('127.0.0.1:7950', `127.0.0.1:${inner}`)
    .replaceAll('127.0.0.1:7951', new URL(service.url).host)
    .replaceAll('/etc/haproxy/gatehouse.pem', join(folder, 'gatehouse.pem'))
    .replaceAll(':8080', `127.0.0.1:${port}`);
  const defaults = 'defaults\n  mode http\n  timeout connect 5s\n  timeout client 10s\n  timeout server 10s\n';
  writeFileSync(file, `${defaults}${text}\n`);
  await start(PROGRAMS.haproxy, ['-db', '-f', file], `http://127.0.0.1:${port}/`);
  return `http://127.0.0.1:${port}`;
}

/** A path that `fetch` would rewrite. */
function rawStatus(url: string, target: string, headers: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`GET ${target} HTTP/1.1\r\nHost: api.test\r\n${headers}Connection: close\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')));
    socket.on('end', () => resolve(Number(text.slice(9, 12))));
    socket.on('error', reject);
  });
}

describe.each([
  ['nginx', startNginx, true],
  ['caddy', startCaddy, true],
  ['haproxy', startHaproxy, false],
] as const)('%s', (name, open, asks) => {
  const installed = existsSync(PROGRAMS[name]);
  if (!installed) console.warn(`SKIPPED: beside ${name}, because ${PROGRAMS[name]} is not installed`);

  describe.skipIf(!installed)('in front', { timeout: 30_000 }, () => {
    let url = '';
    beforeAll(async () => {
      url = await open();
    }, 30_000);

    const call = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${url}${path}`, { method, headers: { 'x-api-key': key, ...headers }, redirect: 'manual' });

    test('allowed: the service receives who it is, and neither the credential nor a claimed identity', async () => {
      const before = service.seen.length;
      const response = await call('/orders/17?x=1');
      expect(response.status).toBe(200);
      const seen = service.seen.slice(before);
      expect(seen).toMatchObject([{ method: 'GET', url: '/orders/17?x=1' }]);
      const headers = new Map<string, string>();
      const raw = seen[0]?.rawHeaders ?? [];
      for (let index = 0; index < raw.length; index += 2)
        headers.set(String(raw[index]).toLowerCase(), String(raw[index + 1]));
      expect([...headers.values()].join(' ')).not.toContain(key);
      expect(decodeJwt(headers.get('gatehouse-identity') ?? '')).toMatchObject({
        aud: audience(),
        iss: program.issuer,
      });
      expect(headers.get('gatehouse-decision-id')).toMatch(/^dec_/);
    });

    test.for<[why: string, path: string, headers: Record<string, string>, status: number]>([
      ['no credential', '/orders/17', { 'x-api-key': '' }, 401],
      ['a wrong credential', '/orders/17', { 'x-api-key': 'gh_live_wrong' }, 401],
      ['two credentials', '/orders/17', { authorization: 'Bearer x' }, 400],
      ['no right to it', '/admin/17', {}, 403],
      ['a claimed path', '/admin/17', { 'x-forwarded-uri': '/orders/17' }, 403],
      ['a claimed path, the nginx way', '/admin/17', { 'x-original-uri': '/orders/17' }, asks ? 400 : 403],
      ['a claimed method', '/admin/17', { 'x-forwarded-method': 'GET' }, 403],
      ['a claimed status', '/admin/17', { 'gatehouse-status': '200' }, asks && name !== 'caddy' ? 400 : 403],
      ['an encoded slash', '/orders/..%2fadmin', {}, 400],
      ['a doubly encoded dot', '/orders/%252e%252e', {}, 400],
      ['a path parameter', '/orders/17;x=y', {}, 400],
      ['no route', '/elsewhere', {}, 404],
    ])('denied: %s', async ([, path, headers, status]) => {
      const before = service.seen.length;
      const response = await call(path, headers);
      expect(response.status).toBe(status);
      if (status === 401) expect(response.headers.get('www-authenticate')).toContain('Bearer realm=');
      else expect(await response.json()).toMatchObject({ status, decision_id: expect.stringMatching(/^dec_/) });
      expect(service.seen.length).toBe(before);
    });

    test('denied: another method; the limit, with when to come back', async () => {
      expect((await call('/orders/17', {}, 'DELETE')).status).toBe(405);
      const { key: own } = await program.issueKey();
      expect((await call('/rare/1', { 'x-api-key': own })).status).toBe(200);
      const limited = await call('/rare/1', { 'x-api-key': own });
      expect([limited.status, Number(limited.headers.get('retry-after')) > 3000]).toEqual([429, true]);
    });

    test('denied: a test key where live keys alone are taken', async () => {
      const before = service.seen.length;
      const { key: own } = await program.issueKey({ environment: 'test' });
      const refused = await call('/live/1', { 'x-api-key': own, 'x-user-environment': 'live' });
      expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'environment_refused' }]);
      expect(service.seen.length).toBe(before);
      expect((await call('/orders/1', { 'x-api-key': own })).status).toBe(200);
      expect((await call('/live/1')).status).toBe(200);
    });

    test('who it is arrives also where the caller names its header in Connection, to have it taken out on the way', async () => {
      const before = service.seen.length;
      const named = `X-API-Key: ${key}\r\nConnection: Gatehouse-Identity, Gatehouse-Decision-Id\r\n`;
      const status = await rawStatus(url, '/orders/17', named);
      const seen = service.seen.slice(before).map(({ rawHeaders }) => rawHeaders.join(' ').toLowerCase());
      expect([status, seen.length]).toEqual(status === 200 ? [200, 1] : [400, 0]);
      for (const text of seen) expect(text).toMatch(/gatehouse-identity ey/);
      for (const text of seen) expect(text).toMatch(/gatehouse-decision-id dec_/);
    });

    test('a claimed identity never arrives', async () => {
      const before = service.seen.length;
      await call('/orders/17', { 'gatehouse-identity': 'forged', 'gatehouse-decision-id': 'forged' });
      await call('/admin/17', { 'gatehouse-identity': 'forged' });
      expect(JSON.stringify(service.seen.slice(before))).not.toContain('forged');
    });

    test('a path that is not canonical is never served under the rules of another', async () => {
      const before = service.seen.length;
      const credential = `X-API-Key: ${key}\r\n`;
      for (const target of ['/orders/../admin/17', '//admin/17', '/%61dmin/17', '/orders/%2e%2e/admin/17']) {
        // What passes through the gateway is corrected, and judged as what it is.
        expect([400, ...(asks ? [] : [403])]).toContain(await rawStatus(url, target, credential));
      }
      expect(service.seen.length).toBe(before);
    });

    test('it is on record as what it was, with the address of the caller', async () => {
      const id = (await call(`/admin/for-${name}`)).headers.get('gatehouse-decision-id');
      const find = async () => JSON.stringify(await program.admin('GET', '/access-records?limit=200'));
      let records = '';
      await program.until(async () => {
        records = await find();
        return records.includes(`/admin/for-${name}`);
      }, 'the access record');
      if (id !== null) expect(records).toContain(id);
    });
  });
});

describe.skipIf(!existsSync(PROGRAMS.haproxy))('HAProxy’s inner door', () => {
  test.for([
    ['nothing', undefined],
    ['no token', 'forged'],
    ['a token of nobody', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ] as const)('%s does not open it', async ([, identity]) => {
    const before = service.seen.length;
    const response = await fetch(
      `${audience()}/orders/1`,
      identity === undefined ? {} : { headers: { 'gatehouse-identity': identity } },
    );
    expect([response.status, service.seen.length]).toEqual([403, before]);
  });
});
