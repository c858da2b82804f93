/** TLS towards upstreams: whom the gateway believes, and what it shows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#base';
import { type CertificateAuthority, certificateAuthority, type IssuedPair, testLogger } from '#testing';
import { callRaw, openTransport } from '../transport/transport.fixture.ts';
import { targetCheck } from '../upstreams/check-target.ts';
import { openUpstreamTls, type UpstreamTlsOptions } from './upstream-tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-upstream-tls-'));
const closing: (() => unknown)[] = [];
let ours: CertificateAuthority;
let others: CertificateAuthority;
let service: IssuedPair;
let client: IssuedPair;

const put = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

beforeAll(() => {
  ours = certificateAuthority('ours');
  others = certificateAuthority('others');
  service = ours.issue('/CN=service', { san: 'DNS:localhost' });
  client = ours.issue('/CN=gateway');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => {
  ours.close();
  others.close();
  rmSync(folder, { recursive: true });
});

/** @returns where a service listens that says who it sees. */
async function serve(upstream: TlsOptions): Promise<number> {
  const server = createServer({ ...service, ca: ours.pem, ...upstream }, (socket) => {
    socket.on('error', () => {});
    const seen = socket.getPeerCertificate().subject?.CN ?? 'nobody';
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${seen.length}\r\n\r\n${seen}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** @returns status and who the service saw. */
async function call(options: UpstreamTlsOptions, upstream: TlsOptions = {}, hostname = 'localhost'): Promise<string> {
  const port = await serve(upstream);
  const opened = openUpstreamTls(options, { clock: systemClock, log: testLogger() });
  closing.push(() => opened.close());
  const origin = `https://${hostname}:${port}`;
  const target = { protocol: 'https:', hostname, port, origin, hostHeader: `${hostname}:${port}` } as const;
  const transport = await openTransport({ forward: { upstream: target }, options: { upstreamTls: opened.options } });
  closing.push(() => transport.drain(100));
  const caller = callRaw(transport.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await caller.closed;
  const received = caller.received();
  return `${received.slice(9, 12)} ${received.slice(received.indexOf('\r\n\r\n') + 4)}`;
}

describe('an upstream', () => {
  const pair = () => ({ certificate: put('client.pem', client.cert), key: put('client.key', client.key) });
  const asking = { requestCert: true, rejectUnauthorized: true };
  const cases: [string, () => Promise<string>, string][] = [
    ['of an authority that is trusted', () => call({ authorities: put('ca.pem', ours.pem) }), '200 nobody'],
    [
      'that asks for a certificate',
      () => call({ authorities: put('ca.pem', ours.pem), client: pair() }, asking),
      '200 gateway',
    ],
    ['of an authority that is not', () => call({ authorities: put('ca.pem', others.pem) }), '502 connect'],
    ['of an authority that nobody named', () => call({ client: pair() }), '502 connect'],
    ['of another name', () => call({ authorities: put('ca.pem', ours.pem) }, {}, '127.0.0.1'), '502 connect'],
    [
      'that speaks an old version',
      () => call({ authorities: put('ca.pem', ours.pem) }, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }),
      '502 connect',
    ],
  ];
  test.each(cases)('%s', async (_what, act, expected) => {
    expect(await act()).toBe(expected);
  });

  test('that asks for a certificate and is shown none does not answer', async () => {
    expect(await call({ authorities: put('ca.pem', ours.pem) }, asking)).toMatch(/^502/);
  });

  test('is asked whether it is well as requests are forwarded to it', async () => {
    const url = `https://localhost:${await serve(asking)}`;
    const check = (options: UpstreamTlsOptions) => {
      const opened = openUpstreamTls(options, { clock: systemClock, log: testLogger() });
      closing.push(() => opened.close());
      return targetCheck(opened.options)(url, '/healthz', 5_000);
    };
    expect(await check({ authorities: put('ca.pem', ours.pem), client: pair() })).toBe('');
    expect(await check({ authorities: put('ca.pem', ours.pem) })).not.toBe('');
    expect(await check({ client: pair() })).toBe('SELF_SIGNED_CERT_IN_CHAIN');
  });

  test('has a key that does not fit refused before anything starts', () => {
    const options = { client: { ...pair(), key: put('other.key', service.key) } };
    expect(() => openUpstreamTls(options, { clock: systemClock, log: testLogger() })).toThrow('is not the key of');
  });
});
