/**
 * Debian's nginx and Caddy, and a gRPC client of Envoy's messages, that ask the whole program over TLS and prove who they
 * are, with the configurations of docs/guides/tls.md. What is not installed is skipped.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, certificateAuthority, freePort, type IssuedPair, temporaryFolder } from '#testing';
import { extAuthzService } from '../../src/gateway/beside/ext-authz-client.fixture.ts';
import type { CheckRequest, CheckResponse } from '../../src/gateway/beside/ext-authz-messages.ts';
import { type EchoUpstream, startEchoUpstream } from '../echo-upstream.ts';
import { type Program, startProgram } from '../running-program.ts';
import { repositoryRoot } from '../source-tree.ts';
import { blockOf, caddyFile, nginxFile, PROGRAMS, startProxy } from './proxy-programs.ts';

const guide = (name: string) => readFileSync(join(repositoryRoot, `docs/guides/${name}.md`), 'utf8');
const [BESIDE, TLS] = [guide('beside-a-proxy'), guide('tls')];

let program: Program;
let service: EchoUpstream;
let own: CertificateAuthority;
let proxies: CertificateAuthority;
let key: string;
let folder: string;
const ports = { http: 0, grpc: 0 };
const pairs = new Map<string, IssuedPair>();
const running: ChildProcess[] = [];

beforeAll(async () => {
  folder = await temporaryFolder();
  own = certificateAuthority('own');
  proxies = certificateAuthority('proxies');
  pairs.set('admitted', proxies.issue('/CN=proxy', { san: 'DNS:proxy.internal' }));
  pairs.set('of another name', proxies.issue('/CN=other', { san: 'DNS:other.internal' }));
  pairs.set('of another authority', own.issue('/CN=proxy', { san: 'DNS:proxy.internal' }));
  const listener = own.issue('/CN=localhost', { san: 'DNS:localhost' });
  const files = { 'own.pem': own.pem, 'proxies.pem': proxies.pem, 'a.pem': listener.cert, 'a.key': listener.key };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  Object.assign(ports, { http: await freePort(), grpc: await freePort() });
  service = await startEchoUpstream();
  const at = (name: string) => join(folder, name);
  program = await startProgram({
    beside: {
      ...{ port: ports.http, grpcPort: ports.grpc },
      tls: {
        certificates: [{ certificate: at('a.pem'), key: at('a.key') }],
        ...{ clientAuthorities: at('proxies.pem'), proxyNames: ['dns:proxy.internal'] },
      },
    },
  });
  const route = (name: string, scope: string) => ({
    kind: 'route',
    name,
    spec: {
      match: { path: `/${name}/{id}`, methods: ['GET'] },
      authorize: { scopes: [scope] },
      upstream: { url: service.url },
    },
  });
  const documents = [route('orders', 'things:read'), route('admin', 'things:administer')];
  await program.admin('POST', '/apply', documents.map((document) => JSON.stringify(document)).join('\n---\n'));
  ({ key } = await program.issueKey());
}, 60_000);

afterAll(async () => {
  for (const child of running) if (child.exitCode === null && child.kill()) await once(child, 'exit');
  await program?.remove();
  await service?.close();
  for (const authority of [own, proxies]) authority?.close();
});

/** A folder with what this proxy shows and whom it trusts. */
function folderOf(name: string, who: string): string {
  const place = join(folder, `${name} ${who}`.replaceAll(' ', '-'));
  mkdirSync(place, { recursive: true });
  const pair = pairs.get(who);
  const files = { 'proxy.pem': pair?.cert ?? '', 'proxy.key': pair?.key ?? '', 'gatehouse-ca.pem': own.pem };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text, { mode: 0o600 });
  return place;
}

const placed = (text: string, port: number) =>
  text.replaceAll('127.0.0.1:7950', new URL(service.url).host).replaceAll('8080', String(port));
const asking = (text: string, place: string) =>
  text.replaceAll('localhost:7850', `localhost:${ports.http}`).replaceAll(/\/etc\/(nginx|caddy)/g, place);

const OPEN = {
  async nginx(who: string) {
    const [place, port] = [folderOf('nginx', who), await freePort()];
    const text = blockOf(BESIDE, 'nginx').replace(
      'proxy_pass http://127.0.0.1:7850/auth-request;',
      asking(blockOf(TLS, 'nginx'), place),
    );
    const file = join(place, 'nginx.conf');
    writeFileSync(file, nginxFile(place, placed(text, port)));
    const url = `http://127.0.0.1:${port}`;
    running.push(await startProxy(PROGRAMS.nginx, ['-c', file, '-e', join(place, 'error.log')], url));
    return url;
  },
  async caddy(who: string) {
    const [place, port] = [folderOf('caddy', who), await freePort()];
    const text = blockOf(BESIDE, 'caddyfile').replace(
      'forward_auth 127.0.0.1:7850 {',
      `forward_auth https://localhost:${ports.http} {\n${asking(blockOf(TLS, 'caddyfile'), place)}`,
    );
    const file = join(place, 'Caddyfile');
    writeFileSync(file, caddyFile(place, placed(text, port)));
    const url = `http://127.0.0.1:${port}`;
    running.push(await startProxy(PROGRAMS.caddy, ['run', '--config', file, '--adapter', 'caddyfile'], url));
    return url;
  },
};

describe.each(['nginx', 'caddy'] as const)('%s', (name) => {
  const installed = existsSync(PROGRAMS[name]);
  if (!installed) console.warn(`SKIPPED: ${name} asking over TLS, because ${PROGRAMS[name]} is not installed`);
  const call = (url: string, path: string, headers: Record<string, string> = { 'x-api-key': key }) =>
    fetch(`${url}${path}`, { headers });

  test.skipIf(!installed)('allowed and denied, with who it is', { timeout: 30_000 }, async () => {
    const url = await OPEN[name]('admitted');
    const before = service.seen.length;
    expect((await call(url, '/orders/1')).status).toBe(200);
    const raw = service.seen[before]?.rawHeaders ?? [];
    const identity = raw[raw.findIndex((text) => text.toLowerCase() === 'gatehouse-identity') + 1] ?? '';
    expect(decodeJwt(identity)).toMatchObject({ iss: program.issuer, aud: service.url });
    const statuses = [
      (await call(url, '/orders/1', {})).status,
      (await call(url, '/orders/1', { 'x-api-key': 'gh_live_wrong' })).status,
      (await call(url, '/admin/1')).status,
      (await call(url, '/nowhere')).status,
    ];
    expect([statuses, service.seen.length]).toEqual([[401, 401, 403, 404], before + 1]);
  });

  test.skipIf(!installed).each(['of another name', 'of another authority'])(
    'a proxy with a certificate %s lets nothing pass',
    { timeout: 30_000 },
    async (who) => {
      const url = await OPEN[name](who);
      const before = service.seen.length;
      const { status } = await call(url, '/orders/1');
      expect([status >= 500, service.seen.length]).toEqual([true, before]);
    },
  );
});

/** As Envoy asks: 0 is a yes, 7 and 16 are noes (google.rpc.Code). */
function byGrpc(who: string, path: string, credential?: string): Promise<number | 'refused'> {
  const pair = pairs.get(who);
  const shown = pair === undefined ? [] : [Buffer.from(pair.key), Buffer.from(pair.cert)];
  const client = new (extAuthzService())(
    `localhost:${ports.grpc}`,
    credentials.createSsl(Buffer.from(own.pem), ...shown),
  );
  const request: CheckRequest = {
    attributes: {
      source: { address: { socket_address: { address: '203.0.113.9' } } },
      request: {
        http: {
          ...{ method: 'GET', path, host: 'api.test', scheme: 'https' },
          headers: { accept: '*/*', ...(credential === undefined ? {} : { 'x-api-key': credential }) },
        },
      },
    },
  };
  return new Promise((resolve) => {
    client.check?.(request, { deadline: Date.now() + 5000 }, (error: Error | null, answer: CheckResponse) => {
      client.close();
      resolve(error === null ? Number(answer.status.code) : 'refused');
    });
  });
}

test.for<[what: string, who: string, path: string, isKnown: boolean, expected: number | 'refused']>([
  ['allowed', 'admitted', '/orders/1', true, 0],
  ['no credential', 'admitted', '/orders/1', false, 16],
  ['no right to it', 'admitted', '/admin/1', true, 7],
  ['a proxy of another name', 'of another name', '/orders/1', true, 'refused'],
  ['a proxy of another authority', 'of another authority', '/orders/1', true, 'refused'],
  ['a proxy without a certificate', 'none', '/orders/1', true, 'refused'],
])('an Envoy-shaped client: %s', async ([, who, path, isKnown, expected]) => {
  expect(await byGrpc(who, path, isKnown ? key : undefined)).toBe(expected);
});
