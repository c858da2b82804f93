/** The control plane on TLS of its own: issuer, pages, command line, health; and clients that authenticate by certificate. */
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, certificateAuthority, type IssuedPair, temporaryFolder } from '#testing';
import { freePort, type Program, runCommand, startProgram } from './running-program.ts';

/** Two looks at the files, two seconds apart, and room for a busy machine. */
const REVOKED_WITHIN_MILLISECONDS = 15_000;

let authority: CertificateAuthority;
let clients: CertificateAuthority;
let impostor: CertificateAuthority;
let program: Program;
let folder: string;
let certificatePort: number;

beforeAll(async () => {
  authority = certificateAuthority('own');
  clients = certificateAuthority('clients');
  impostor = certificateAuthority('clients');
  folder = await temporaryFolder();
  const server = authority.issue('/CN=localhost', { san: 'DNS:localhost' });
  for (const [name, text] of [
    ['server.pem', server.cert],
    ['server.key', server.key],
    ['ca.pem', authority.pem],
  ] as const)
    writeFileSync(join(folder, name), text);
  certificatePort = await freePort();
  const tls = { certificates: [{ certificate: 'server.pem', key: 'server.key' }], minimumVersion: '1.3' };
  writeFileSync(join(folder, 'revoked.pem'), clients.revocationList([]));
  writeFileSync(join(folder, 'clients.pem'), clients.pem);
  const lists = { revocationLists: 'revoked.pem', revocationAuthorities: 'clients.pem' };
  program = await startProgram({ folder, controlTls: { tls, certificatePort, ...lists } });
});
afterAll(async () => {
  await program?.remove();
  for (const made of [authority, clients, impostor]) made?.close();
});

interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
}

function ask(
  port: number,
  path: string,
  { form, ...options }: RequestOptions & { form?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: 'localhost', port, path, ca: authority.pem, agent: false, ...options },
      async (answer) => {
        let text = '';
        for await (const chunk of answer) text += chunk;
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
      },
    );
    sent.on('error', reject);
    if (form !== undefined) {
      sent.setHeader('content-type', 'application/x-www-form-urlencoded');
      const body = new URLSearchParams(form).toString();
      sent.setHeader('content-length', body.length);
      sent.end(body);
    } else sent.end();
  });
}

describe('every face of it', () => {
  test('metadata: an https issuer, and where certificates are asked for', async () => {
    const { status, text } = await ask(program.ports.control, '/.well-known/oauth-authorization-server');
    const metadata = JSON.parse(text);
    expect([status, metadata.issuer, metadata.token_endpoint]).toEqual([
      200,
      `https://localhost:${program.ports.control}`,
      `https://localhost:${program.ports.control}/oauth/token`,
    ]);
    expect(metadata.mtls_endpoint_aliases.token_endpoint).toBe(`https://localhost:${certificatePort}/oauth/token`);
  });

  test('pages: cookies that no other host can plant, and https for good', async () => {
    const { status, headers } = await ask(program.ports.control, '/sign-in');
    expect(status).toBe(200);
    expect(headers['strict-transport-security']).toMatch(/^max-age=/);
    const cookies = [headers['set-cookie'] ?? []].flat();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-.*; Path=\/;.*Secure/);
  });

  test('health and metrics say until when the certificate lasts', async () => {
    expect((await ask(program.ports.control, '/readyz')).text).toContain('certificates');
    const headers = { authorization: `Bearer ${program.adminToken}` };
    const { text } = await ask(program.ports.control, '/metrics', { headers });
    expect(text).toMatch(/gatehouse_certificate_expiry_seconds\{listener="control",file="[^"]*server.pem"\} \d/);
  });

  test('the command line knows this machine’s certificate, and an authority it is told of', async () => {
    expect(await program.cli('whoami')).toMatchObject({ code: 0 });
    const url = `https://localhost:${program.ports.control}`;
    const named = { GATEHOUSE_URL: url, GATEHOUSE_TOKEN: program.adminToken };
    const elsewhere = await temporaryFolder();
    const run = (args: string[], more: NodeJS.ProcessEnv) => runCommand(elsewhere, ['whoami', ...args], more);
    expect(await run(['--cafile', join(folder, 'ca.pem')], named)).toMatchObject({ code: 0 });
    const untrusted = await run([], named);
    expect(untrusted.code).not.toBe(0);
    expect(untrusted.stderr).toContain('is not trusted');
  });

  test.each([
    ['TLS 1.2, which was left behind', { maxVersion: 'TLSv1.2' }],
    ['TLS 1.2 for another name', { maxVersion: 'TLSv1.2', servername: 'else.example' }],
    ['HTTP/2, which is not spoken', { ALPNProtocols: ['h2'] }],
  ] as const)('no: %s', async (_, options) => {
    await expect(ask(program.ports.control, '/readyz', options as RequestOptions)).rejects.toThrow();
    await expect(ask(certificatePort, '/readyz', options as RequestOptions)).rejects.toThrow();
  });

  test('no: without TLS', async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(program.ports.control, '127.0.0.1', () =>
        socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
      );
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    expect(answer).not.toContain('200');
  });
});

describe('clients by certificate (RFC 8705), without a proxy', () => {
  let good: IssuedPair;
  let own: IssuedPair;

  beforeAll(async () => {
    good = clients.issue('/CN=billing', { san: 'DNS:billing.example.com' });
    own = impostor.issue('/CN=self');
    const { x, y } = new X509Certificate(own.cert).publicKey.export({ format: 'jwk' });
    const jwk = {
      kty: 'EC',
      crv: 'P-256',
      kid: 'k',
      x,
      y,
      x5c: [new X509Certificate(own.cert).raw.toString('base64')],
    };
    const machine = { type: 'confidential', grants: ['client_credentials'], scopes: ['read'], apis: ['weather'] };
    const documents = [
      { kind: 'api', name: 'weather', spec: { audience: 'https://weather.example', scopes: { read: 'Read' } } },
      {
        kind: 'client',
        name: 'billing',
        spec: {
          ...machine,
          tokenEndpointAuthMethod: 'tls_client_auth',
          certificate: { authority: clients.pem, sanDns: 'billing.example.com' },
          senderConstraint: 'mtls',
        },
      },
      {
        kind: 'client',
        name: 'self',
        spec: { ...machine, tokenEndpointAuthMethod: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } },
      },
    ];
    const path = join(folder, 'clients.yaml');
    writeFileSync(path, documents.map((document) => JSON.stringify(document)).join('\n---\n'));
    expect(await program.cli('apply', '-f', path)).toMatchObject({ code: 0 });
  });

  const token = (port: number, client: string, pair?: IssuedPair, headers = {}) =>
    ask(port, '/oauth/token', {
      method: 'POST',
      form: { grant_type: 'client_credentials', client_id: client },
      headers,
      ...pair,
    });

  test('by an authority’s name, bound to the certificate; and by its own', async () => {
    const answer = await token(certificatePort, 'billing', good);
    expect(answer.status).toBe(200);
    const claims = JSON.parse(
      Buffer.from(String(JSON.parse(answer.text).access_token).split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(claims.cnf).toEqual({ 'x5t#S256': expect.any(String) });
    expect((await token(certificatePort, 'self', own)).status).toBe(200);
  });

  test.each([
    [
      'another authority of the same name',
      'billing',
      () => impostor.issue('/CN=x', { san: 'DNS:billing.example.com' }),
    ],
    ['another name', 'billing', () => clients.issue('/CN=x', { san: 'DNS:other.example.com' })],
    ['none', 'billing', () => undefined],
    ['somebody else’s', 'self', () => good],
  ])('401: %s', async (_, client, pair) => {
    expect(await token(certificatePort, client, pair())).toMatchObject({
      status: 401,
      text: expect.stringContaining('invalid_client'),
    });
  });

  test('401: where nobody is asked, whatever is held out, and in a header that nobody trusted wrote', async () => {
    expect((await token(program.ports.control, 'billing', good)).status).toBe(401);
    const told = { 'client-cert': `:${new X509Certificate(good.cert).raw.toString('base64')}:` };
    expect((await token(program.ports.control, 'billing', undefined, told)).status).toBe(401);
    expect((await token(certificatePort, 'billing', undefined, told)).status).toBe(401);
  });

  test('401: one that was revoked, on a connection that stands too; others go on', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ...good, ca: authority.pem });
    const askAs = (more: RequestOptions) =>
      ask(certificatePort, '/oauth/token', {
        ...{ method: 'POST', form: { grant_type: 'client_credentials', client_id: 'billing' } },
        ...more,
      });
    expect((await askAs({ agent })).status).toBe(200);
    writeFileSync(join(folder, 'revoked.pem'), clients.revocationList([good]));
    await expect
      .poll(async () => (await askAs({ agent })).status, { timeout: REVOKED_WITHIN_MILLISECONDS, interval: 100 })
      .toBe(401);
    agent.destroy();
    expect((await token(certificatePort, 'billing', good)).text).toContain('invalid_client');
    const another = clients.issue('/CN=billing', { san: 'DNS:billing.example.com' });
    expect((await token(certificatePort, 'billing', another)).status).toBe(200);
    expect((await token(certificatePort, 'self', own)).status).toBe(200);
    const headers = { authorization: `Bearer ${program.adminToken}` };
    const metrics = async () => (await ask(program.ports.control, '/metrics', { headers })).text;
    expect(await metrics()).toMatch(
      /gatehouse_certificate_expiry_seconds\{listener="control",file="[^"]*revoked.pem"\} \d/,
    );
    // Whoever can write the file, or what is fetched into it, frees nobody: another has signed this one.
    writeFileSync(join(folder, 'revoked.pem'), impostor.revocationList([]));
    await expect
      .poll(metrics, { timeout: REVOKED_WITHIN_MILLISECONDS, interval: 100 })
      .toMatch(/gatehouse_certificate_reload_failures_total\{listener="control"\} 1/);
    expect((await token(certificatePort, 'billing', good)).status).toBe(401);
    expect((await token(certificatePort, 'billing', another)).status).toBe(200);
    // The next one by its number, and over already.
    writeFileSync(join(folder, 'revoked.pem'), clients.revocationList([], { number: 2, madeHours: -3, dueHours: -1 }));
    await expect
      .poll(async () => (await token(certificatePort, 'billing', another)).status, {
        ...{ timeout: REVOKED_WITHIN_MILLISECONDS, interval: 100 },
      })
      .toBe(401);
    expect((await ask(program.ports.control, '/readyz')).status).toBe(200);
  });

  test('a request of another shape than the plainest is answered there too', async () => {
    const { status, text } = await ask(certificatePort, '/.well-known/openid-configuration', good);
    expect([status, JSON.parse(text).issuer]).toEqual([200, program.issuer]);
  });
});
