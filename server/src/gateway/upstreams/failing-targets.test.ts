import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { KEY } from '../gateway.fixture.ts';
import {
  callRaw,
  openEcho,
  openUpstream,
  type RawUpstream,
  readMessages,
  statusOf,
} from '../transport/transport.fixture.ts';
import { ask, closeAll, closedPort, gatewayTo, request, track, urlOf } from './gateway-to.fixture.ts';

/** The whole way, on sockets: what a caller sees when targets fail. */

afterEach(closeAll);

describe('a target that is not there', () => {
  test.each(['GET', 'POST'])('%s is sent to another, and nobody notices', async (method) => {
    const echo = await track(openEcho());
    const dead = await closedPort();
    const { port, records, group } = await gatewayTo([dead, urlOf(echo)]);
    for (let count = 0; count < 6; count += 1)
      expect(statusOf(await ask(port, request(method, method === 'POST' ? 'body' : '')))).toBe(200);
    expect(records.map(({ upstream }) => upstream)).toContain(`${dead} (connect) → ${urlOf(echo)}`);
    expect(records.every(({ status, reason }) => status === 200 && reason === 'allowed')).toBe(true);
    expect(group().inFlight).toBe(0);
    expect(group().targets.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  test('alone it is 502 with its trail, then 503 without being asked', async () => {
    const dead = await closedPort();
    const { port, records, group } = await gatewayTo([dead], { breaker: { failures: 4 }, retries: { most: 1 } });
    expect(statusOf(await ask(port, request('GET')))).toBe(502);
    expect(statusOf(await ask(port, request('GET')))).toBe(502);
    const refused = await ask(port, request('GET'));
    expect([statusOf(refused), refused?.headers['retry-after']]).toEqual([503, '1']);
    expect(refused?.body).toContain('"code":"upstream_unavailable"');
    expect(records.map(({ upstream, reason }) => [upstream, reason])).toEqual([
      [`${dead} (connect) → ${dead} (connect)`, 'upstream_connect'],
      [`${dead} (connect) → ${dead} (connect)`, 'upstream_connect'],
      [dead, 'upstream_unavailable'],
    ]);
    expect(group().inFlight).toBe(0);
  });
});

describe('when the time for everything is up', () => {
  // Long enough for whatever this machine does besides; it is not waited for.
  const TOTAL_SECONDS = 600;
  const timeouts = { connectSeconds: 60, headSeconds: TOTAL_SECONDS, totalSeconds: TOTAL_SECONDS };
  const limits = { timeouts, breaker: { failures: 2, seconds: 60 } };

  /** Milliseconds by which the clock of the transports is put forward. Never back, as no such clock goes. */
  let ahead = 0;
  beforeAll(() => {
    const real = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
  });
  afterAll(() => void vi.restoreAllMocks());

  /** The answer, with the time up as soon as the upstream has got so much. */
  async function ends(port: number, upstream: RawUpstream, text: string, until: string) {
    const before = upstream.connections.length;
    const caller = callRaw(port, text);
    const got = () => upstream.connections.slice(before).some(({ received }) => received.includes(until));
    await expect.poll(got).toBe(true);
    ahead += (TOTAL_SECONDS + 1) * 1000;
    await caller.until((received) => readMessages(received).length > 0);
    caller.socket.destroy();
    return statusOf(readMessages(caller.received())[0]);
  }

  test.each([
    ['Content-Length: 9\r\n\r\nx', 504],
    ['Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n', 504],
  ])('callers who send slowly close the upstream to nobody: %j', async (rest, status) => {
    const echo = await track(openEcho());
    const { port, group } = await gatewayTo([urlOf(echo)], limits);
    const slow = `POST /weather/paris HTTP/1.1\r\nHost: api.test\r\nX-API-Key: ${KEY}\r\n${rest}`;
    for (let count = 0; count < 3; count += 1) expect(await ends(port, echo, slow, '\r\n\r\n')).toBe(status);
    expect(group()).toMatchObject({ breaker: 'closed', inFlight: 0, targets: [{ failed: 0 }] });
    expect(statusOf(await ask(port, request('GET')))).toBe(200);
  });

  test.each([
    [request('GET'), '\r\n\r\n'],
    [request('POST', 'body'), '\r\n\r\nbody'],
  ])('a target that was sent all of it has failed', async (text, all) => {
    const silent = await track(openUpstream(() => {}));
    const { port, group } = await gatewayTo([urlOf(silent)], limits);
    expect([await ends(port, silent, text, all), await ends(port, silent, text, all)]).toEqual([504, 504]);
    expect(group()).toMatchObject({ breaker: 'open', targets: [{ failed: 2 }] });
  });

  test('the record says that it was', async () => {
    const silent = await track(openUpstream(() => {}));
    const { port, records } = await gatewayTo([urlOf(silent)], limits);
    expect(await ends(port, silent, request('GET'), '\r\n\r\n')).toBe(504);
    expect(records[0]?.reason).toBe('upstream_timeout');
  });
});

test('a body that is none does not say that the target is well again', async () => {
  const more = { timeouts: { headSeconds: 0.1 }, breaker: { failures: 1, seconds: 0.05 } };
  const { port, group } = await gatewayTo([urlOf(await track(openUpstream(() => {})))], more);
  expect(statusOf(await ask(port, request('GET')))).toBe(504);
  await expect.poll(() => group().breaker).toBe('half_open');
  const broken = `${request('POST').trimEnd()}\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n`;
  expect(statusOf(await ask(port, broken))).toBe(400);
  await expect.poll(() => group().inFlight).toBe(0);
  expect(group().breaker).toBe('half_open');
});

describe('a target that hangs up', () => {
  const hangsUp = () => openUpstream((socket) => socket.destroy());

  test('GET is repeated, POST with a body never: it may have been done', async () => {
    const [broken, echo] = [await track(hangsUp()), await track(openEcho())];
    const { port } = await gatewayTo([urlOf(broken), urlOf(echo)], { ejection: { failures: 100 } });
    const gets = [];
    for (let count = 0; count < 4; count += 1) gets.push(statusOf(await ask(port, request('GET'))));
    expect(gets).toEqual([200, 200, 200, 200]);
    const posts = [];
    for (let count = 0; count < 4; count += 1) posts.push(statusOf(await ask(port, request('POST', 'pay me'))));
    expect(posts.toSorted()).toEqual([200, 200, 502, 502]);
    const received = [...broken.connections, ...echo.connections].map((connection) => connection.received).join('');
    expect(received.match(/pay me/g)).toHaveLength(4);
  });

  test('after the first byte of the answer nothing is repeated', async () => {
    const half = await track(
      openUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Le', () => socket.destroy())),
    );
    const { port, group } = await gatewayTo([urlOf(half)], { retries: { most: 5, budget: 1 } });
    expect(statusOf(await ask(port, request('GET')))).toBe(502);
    expect(half.connections).toHaveLength(1);
    expect(group().retries).toBe(0);
  });

  test('retries stay within their budget', async () => {
    const [broken, also] = [await track(hangsUp()), await track(hangsUp())];
    const { port, group } = await gatewayTo([urlOf(broken), urlOf(also)], {
      ejection: { failures: 1000 },
      breaker: { failures: 10_000 },
      retries: { most: 5, budget: 0.1 },
    });
    for (let count = 0; count < 40; count += 1) expect(statusOf(await ask(port, request('GET')))).toBe(502);
    expect(group().retries).toBeLessThanOrEqual(10 + 4);
    expect(broken.connections.length + also.connections.length).toBe(40 + group().retries);
  });
});

test('a target that answers 503 is ejected; its answers are passed on', async () => {
  const sick = await track(openUpstream((socket) => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n')));
  const echo = await track(openEcho());
  const { port, group } = await gatewayTo([urlOf(sick), urlOf(echo)], { ejection: { failures: 2, seconds: 100 } });
  const statuses = [];
  for (let count = 0; count < 12; count += 1) statuses.push(statusOf(await ask(port, request('GET'))));
  expect(statuses.filter((status) => status === 503)).toHaveLength(2);
  expect(group().targets.map(({ ejections }) => ejections)).toEqual([1, 0]);
});

test('callers who come and go leave nothing under way', async () => {
  const slow = await track(openUpstream(() => undefined));
  const { port, group, transport, records } = await gatewayTo([urlOf(slow), await closedPort()], {
    retries: { most: 5, budget: 1 },
    ejection: { failures: 3, shareMax: 1 },
  });
  const callers = Array.from({ length: 200 }, (_, index) => {
    const caller = callRaw(port, request(index % 2 === 0 ? 'GET' : 'POST', index % 2 === 0 ? '' : 'x'));
    setTimeout(() => caller.socket.destroy(), index % 40);
    return caller.closed;
  });
  await Promise.all(callers);
  await expect.poll(() => transport.stats().exchanges).toBe(0);
  expect(group().inFlight).toBe(0);
  expect(group().targets.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  expect(records.every(({ status }) => [499, 502, 503].includes(status))).toBe(true);
  await expect.poll(() => transport.stats().upstreamConnections).toBe(0);
});
