import { testLogger } from '#testing';
import { type FixtureOptions, KEY, openFixture, route, weatherRoute } from '../gateway.fixture.ts';
import type { Gateway } from '../gateway-runtime.ts';
import { createSocketTransport } from '../transport/socket-transport.ts';
import { callRaw, openEcho, type RawUpstream, readMessages } from '../transport/transport.fixture.ts';
import type { TransportLimits } from '../transport/transport-limits.ts';
import { upstreamSchema } from './upstream-spec.ts';

/** A gateway on sockets before an upstream of several targets, for tests of this folder. */

const opened: { close(): Promise<unknown> }[] = [];

export async function closeAll(): Promise<void> {
  for (const each of opened.splice(0)) await each.close();
}

interface Options extends FixtureOptions {
  limits?: Partial<TransportLimits>;
  /** Of the route. */
  more?: object;
}

export async function gatewayTo(urls: readonly string[], upstream: object = {}, options: Options = {}) {
  const spec = upstreamSchema.parse({ targets: urls.map((url) => ({ url })), balance: 'round_robin', ...upstream });
  const fixture = openFixture({
    ...options,
    routes: [route('weather', { ...weatherRoute.spec, upstream: { name: 'orders' }, ...options.more })],
    tenant: { upstreams: [{ name: 'orders', createdAt: 0, spec }] },
  });
  const { handler, errors } = fixture.gateway;
  const transport = createSocketTransport({
    handler,
    errors,
    clock: fixture.clock,
    log: testLogger(),
    cleartextHttp2: true,
    limits: { tickMilliseconds: 10, ...options.limits },
  });
  const { port } = await transport.listen({ host: '127.0.0.1', port: 0 });
  opened.push({ close: () => transport.drain(0) });
  return { ...fixture, port, transport, group: () => healthOf(fixture.gateway) };
}

function healthOf(gateway: Gateway) {
  const [health] = gateway.upstreams();
  if (health === undefined) throw new Error('no upstream');
  return health;
}

export const request = (method: string, body = '', credential = KEY) =>
  `${method} /weather/paris HTTP/1.1\r\nHost: api.test\r\nX-API-Key: ${credential}\r\n${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

export async function ask(port: number, text: string) {
  const caller = callRaw(port, text);
  await caller.until((received) => readMessages(received).length > 0);
  const [message] = readMessages(caller.received());
  caller.socket.destroy();
  return message;
}

export async function track<T extends RawUpstream>(upstream: Promise<T>): Promise<T> {
  const open = await upstream;
  opened.push(open);
  return open;
}

/** Nothing listens there. */
export async function closedPort(): Promise<string> {
  const upstream = await openEcho();
  await upstream.close();
  return `http://127.0.0.1:${upstream.port}`;
}

export const urlOf = ({ port }: RawUpstream) => `http://127.0.0.1:${port}`;
