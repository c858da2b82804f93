import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamTarget } from '../exchange.ts';
import { TEST_CERTIFICATE, TEST_KEY } from './tls.fixture.ts';
import { openTransport, readMessages, statusOf } from './transport.fixture.ts';

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const SIZE = 3 * 1024 * 1024;

async function openTlsUpstream(): Promise<UpstreamTarget> {
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n${'x'.repeat(SIZE)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    protocol: 'https:',
    hostname: 'localhost',
    port,
    origin: `https://localhost:${port}`,
    hostHeader: `localhost:${port}`,
  };
}

function get(port: number, requests: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connectTls({ port, host: '127.0.0.1', ca: TEST_CERTIFICATE, ALPNProtocols: ['http/1.1'] });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests - 1));
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

describe('TLS', () => {
  it('on both sides, with bodies and kept connections', async () => {
    const upstream = await openTlsUpstream();
    const seen: boolean[] = [];
    const transport = await openTransport({
      forward: { upstream },
      decide: (head, forward) => {
        seen.push(head.encrypted);
        return forward();
      },
      options: {
        tls: { options: { key: TEST_KEY, cert: TEST_CERTIFICATE } },
        upstreamTls: () => ({ ca: TEST_CERTIFICATE }),
      },
    });
    closing.push(() => transport.drain(500));
    const messages = readMessages(await get(transport.port, 3));
    expect(messages.map((message) => [statusOf(message), message.body.length])).toEqual([
      [200, SIZE],
      [200, SIZE],
      [200, SIZE],
    ]);
    expect(seen).toEqual([true, true, true]);
    expect(transport.stats().upstreamConnections).toBe(1);
  });

  it('tells callers apart who come from one port, to two addresses of ours', async () => {
    const transport = await openTransport({
      host: '0.0.0.0',
      decide: (head, _, reply) => reply(200, head.remoteAddress),
      options: { tls: { options: { key: TEST_KEY, cert: TEST_CERTIFICATE } } },
    });
    closing.push(() => transport.drain(500));
    const { port } = transport;
    const first = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
    await once(first, 'connect');
    const from = { localAddress: '127.0.0.1', localPort: first.localPort ?? 0 };
    const second = connect({ port, host: '127.0.0.2', ...from });
    await once(second, 'connect');
    const answers = [first, second].map(async (socket) => {
      const secure = connectTls({ socket, ca: TEST_CERTIFICATE, servername: 'localhost', ALPNProtocols: ['http/1.1'] });
      secure.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
      const [bytes] = await once(secure, 'data');
      return statusOf(readMessages(String(bytes))[0]);
    });
    expect(await Promise.all(answers)).toEqual([200, 200]);
  });

  it('refuses an upstream whose certificate nobody vouches for', async () => {
    const upstream = await openTlsUpstream();
    const transport = await openTransport({
      forward: { upstream },
      options: { tls: { options: { key: TEST_KEY, cert: TEST_CERTIFICATE } } },
    });
    closing.push(() => transport.drain(500));
    expect(readMessages(await get(transport.port, 1)).map((message) => [statusOf(message), message.body])).toEqual([
      [502, 'connect'],
    ]);
    expect(transport.outcomes).toEqual([expect.objectContaining({ upstreamFailure: 'connect', aborted: false })]);
  });
});
