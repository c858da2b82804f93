import { once } from 'node:events';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { GatewayTransport, Handler, TransportErrors } from './exchange.ts';
import { KEY, openFixture, route, weatherRoute } from './gateway.fixture.ts';
import type { RouteSpec } from './route-spec.ts';

/** What every transport does behind the seam: one suite, run on each of them. */
export type OpenTransport = (handler: Handler, errors: TransportErrors) => GatewayTransport;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function upstreamServer(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** A gateway before this upstream, with all that came over its seam. */
async function gatewayBefore(
  open: OpenTransport,
  url: string,
  spec: Partial<RouteSpec['upstream']> = {},
  more: object = {},
) {
  const routes = [route('weather', { ...weatherRoute.spec, upstream: { url, ...spec }, ...more })];
  const fixture = openFixture({ routes });
  const transport = open(fixture.gateway.handler, fixture.gateway.errors);
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => transport.drain(100));
  return { ...fixture, transport, port, base: `http://127.0.0.1:${port}` };
}

const withKey = { headers: { 'x-api-key': KEY } };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Until a number has not changed for as many turns of the event loop as any connection on this machine needs. */
async function settled(read: () => number): Promise<void> {
  let last = -1;
  for (let unchanged = 0; unchanged < 5000; unchanged += 1) {
    if (read() !== last) unchanged = 0;
    last = read();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function transportContract(name: string, open: OpenTransport): void {
  describe(`${name} over real connections`, () => {
    test('200: request and response pass, with what the gateway adds', async () => {
      const { url } = await upstreamServer(async (incoming, outgoing) => {
        const pieces: Buffer[] = [];
        for await (const piece of incoming) pieces.push(piece);
        outgoing.setHeader('gatehouse-decision-id', 'forged');
        outgoing.setHeader('connection', 'close, x-hop');
        outgoing.setHeader('x-hop', 'secret');
        outgoing.setHeader('set-cookie', ['a=1', 'b=2']);
        outgoing
          .writeHead(201)
          .end(JSON.stringify({ url: incoming.url, headers: incoming.headers, body: String(Buffer.concat(pieces)) }));
      });
      const { base, port, records } = await gatewayBefore(open, url);
      const response = await fetch(`${base}/weather/paris?units=metric`, {
        method: 'POST',
        headers: { ...withKey.headers, 'x-user-id': 'root', 'x-custom': 'kept' },
        body: 'hello',
      });
      expect(response.status).toBe(201);
      const decisionId = response.headers.get('gatehouse-decision-id');
      expect(decisionId).toMatch(/^dec_/);
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(response.headers.has('x-hop')).toBe(false);
      const seenByUpstream = (await response.json()) as { url: string; headers: Record<string, string>; body: string };
      expect(seenByUpstream).toMatchObject({
        url: '/weather/paris?units=metric',
        body: 'hello',
        headers: {
          host: url.slice('http://'.length),
          'x-custom': 'kept',
          'gatehouse-identity': `identity of key_1 for ${url}`,
          'gatehouse-decision-id': decisionId,
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-host': `127.0.0.1:${port}`,
          'content-length': '5',
        },
      });
      for (const name of ['x-api-key', 'authorization', 'x-user-id'])
        expect(seenByUpstream.headers).not.toHaveProperty(name);
      await until(() => records.length === 1);
      expect(records).toMatchObject([{ decisionId, status: 201, allowed: true, bytesIn: 5 }]);
      expect(records[0]?.bytesOut).toBeGreaterThan(100);
    });

    test('the upstream does not speak of origins where the route does', async () => {
      const { url } = await upstreamServer((_incoming, outgoing) => {
        outgoing.setHeader('Access-Control-Allow-Origin', '*');
        outgoing.setHeader('access-control-max-age', '86400');
        outgoing.setHeader('vary', 'Accept');
        outgoing.end('told');
      });
      const cors = { origins: ['https://app.test'] };
      const { base } = await gatewayBefore(open, url, {}, { cors });
      const ask = (origin: string) =>
        fetch(`${base}/weather/paris`, { headers: { ...withKey.headers, origin } }).then(async (response) => [
          await response.text(),
          response.headers.get('access-control-allow-origin'),
          response.headers.get('access-control-max-age'),
          response.headers.get('vary')?.split(', ').sort(),
          response.headers.get('cache-control'),
        ]);
      const vary = ['Accept', 'Origin', 'X-API-Key'];
      expect(await ask('https://app.test')).toEqual(['told', 'https://app.test', null, vary, 'private']);
      expect(await ask('https://evil.test')).toEqual(['told', null, null, vary, 'private']);
      const asked = { origin: 'https://app.test', 'access-control-request-method': 'GET' };
      const preflight = await fetch(`${base}/weather/paris`, { method: 'OPTIONS', headers: asked });
      expect([preflight.status, await preflight.text()]).toEqual([204, '']);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.test');
    });

    test('HEAD gets the headers and no body, also of a refusal', async () => {
      const { url } = await upstreamServer((_incoming, outgoing) => outgoing.setHeader('content-length', '7').end());
      const { base } = await gatewayBefore(open, url);
      const found = await fetch(`${base}/weather/paris`, { method: 'HEAD', ...withKey });
      expect([found.status, found.headers.get('content-length'), await found.text()]).toEqual([200, '7', '']);
      const refused = await fetch(`${base}/weather/paris`, { method: 'HEAD' });
      expect([refused.status, Number(refused.headers.get('content-length')) > 100, await refused.text()]).toEqual([
        401,
        true,
        '',
      ]);
    });

    test('streams both ways at once, with back-pressure', async () => {
      let arrived = 0;
      const { url } = await upstreamServer((incoming, outgoing) => {
        outgoing.writeHead(200);
        incoming.on('data', (data: Buffer) => {
          arrived += data.length;
        });
        incoming.pipe(outgoing);
      });
      const { port, records } = await gatewayBefore(open, url);
      const call = request({ host: '127.0.0.1', port, path: '/weather/paris', method: 'POST', ...withKey });
      call.write('first ');
      const [response] = await once(call, 'response');
      const [echo] = await once(response, 'data');
      expect(String(echo)).toBe('first ');
      // 64 MB from a caller who does not read: what the gateway takes in must stop growing.
      response.pause();
      const total = 64 * 1024 * 1024;
      call.end(Buffer.alloc(total, 'x'));
      await settled(() => arrived);
      expect(arrived).toBeLessThan(total / 2);
      let received = 0;
      response.on('data', (data: Buffer) => {
        received += data.length;
      });
      response.resume();
      await once(response, 'end');
      expect(received).toBe(total);
      await until(() => records.length === 1);
      expect(records).toMatchObject([{ status: 200, bytesIn: total + 6, bytesOut: total + 6 }]);
    });

    test('502 when nothing listens', async () => {
      const { url, server } = await upstreamServer(() => {});
      server.close();
      await once(server, 'close');
      const { base, records } = await gatewayBefore(open, url);
      const response = await fetch(`${base}/weather/paris`, withKey);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        502,
        'upstream_unreachable',
      ]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      await until(() => records.length === 1);
      expect(records).toMatchObject([{ status: 502, allowed: true, reason: 'upstream_connect' }]);
    });

    test('502 when the upstream hangs up', async () => {
      const { url } = await upstreamServer((incoming) => incoming.socket.destroy());
      const { base } = await gatewayBefore(open, url);
      const response = await fetch(`${base}/weather/paris`, withKey);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([502, 'upstream_broken']);
    });

    test('504 when the upstream is slow', async () => {
      const { url } = await upstreamServer(() => {});
      const { base, records } = await gatewayBefore(open, url, { timeoutSeconds: 0.1 });
      const response = await fetch(`${base}/weather/paris`, withKey);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        504,
        'upstream_timed_out',
      ]);
      await until(() => records.length === 1);
      expect(records).toMatchObject([{ status: 504, reason: 'upstream_timeout' }]);
    });

    test('an answer that breaks half way is cut, not ended', async () => {
      const { url } = await upstreamServer((incoming, outgoing) => {
        outgoing.writeHead(200, { 'content-length': '100' });
        outgoing.write('half', () => incoming.socket.destroy());
      });
      const { base, records } = await gatewayBefore(open, url);
      const response = await fetch(`${base}/weather/paris`, withKey);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
      await until(() => records.length === 1);
      expect(records).toMatchObject([{ status: 200, bytesOut: 4, reason: 'upstream_reset' }]);
    });

    test.each([
      ['before the answer', false],
      ['in the middle of the answer', true],
    ])('when the caller goes away %s, the upstream is let go', async (_when, begun) => {
      const arrived = Promise.withResolvers<void>();
      const left = Promise.withResolvers<void>();
      const { url } = await upstreamServer((incoming, outgoing) => {
        incoming.socket.once('close', () => left.resolve());
        if (begun) outgoing.write('begun');
        arrived.resolve();
      });
      const { port, records, transport } = await gatewayBefore(open, url);
      const call = request({ host: '127.0.0.1', port, path: '/weather/paris', ...withKey });
      call.on('error', () => {});
      call.end();
      if (begun) await once((await once(call, 'response'))[0], 'data');
      await arrived.promise;
      call.destroy();
      await left.promise;
      await until(() => records.length === 1);
      expect(records).toMatchObject([{ status: begun ? 200 : 499, allowed: true }]);
      await until(() => transport.stats().exchanges === 0);
    });

    test.each([
      ['two Host headers', 'GET /weather/paris HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n', 400],
      ['no Host header', 'GET /weather/paris HTTP/1.1\r\n\r\n', 400],
      [
        'Content-Length beside chunked',
        'POST /weather/paris HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      ['no HTTP', 'hello\r\n\r\n', 400],
      ['a head of 40 kB', `GET /weather/paris HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ])('%s is answered', async (_what, bytes, status) => {
      const { port } = await gatewayBefore(open, 'http://127.0.0.1:9');
      const socket = connect(port, '127.0.0.1');
      socket.end(bytes);
      let text = '';
      for await (const piece of socket) text += piece;
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(text).toContain('"code":"request_malformed"');
    });

    test('drain lets what is under way finish', async () => {
      const arrived = Promise.withResolvers<() => void>();
      const { url } = await upstreamServer((_incoming, outgoing) => arrived.resolve(() => outgoing.end('late')));
      const { base, transport } = await gatewayBefore(open, url);
      const pending = fetch(`${base}/weather/paris`, withKey);
      const finish = await arrived.promise;
      const drained = transport.drain(5000);
      finish();
      const response = await pending;
      expect([response.status, response.headers.get('connection'), await response.text()]).toEqual([
        200,
        'close',
        'late',
      ]);
      await drained;
      await expect(fetch(`${base}/weather/paris`, withKey)).rejects.toThrow();
    });
  });
}
