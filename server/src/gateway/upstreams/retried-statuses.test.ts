import { connect } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import { KEY } from '../gateway.fixture.ts';
import { callRaw, openEcho, openUpstream, readMessages, statusOf } from '../transport/transport.fixture.ts';
import { ask, closeAll, gatewayTo, request, track, urlOf } from './gateway-to.fixture.ts';

/** The whole way, on sockets: answers in whose place another target is asked. */

afterEach(closeAll);

const BUSY = 'HTTP/1.1 503 Busy\r\nContent-Length: 5\r\nX-Sick: yes\r\n\r\nbusy!';
const answering = (text: string) =>
  track(openUpstream((socket, received) => void (received.endsWith('\r\n\r\n') && socket.write(text, 'latin1'))));
const statuses = [502, 503, 504];
const retries = { most: 1, budget: 1, statuses };
/** The first of two equals gets the first request, whatever was ejected. */
const always = { retries, ejection: { failures: 1000 }, breaker: { failures: 10_000 } };

async function statusesOf(port: number, count: number, text = request('GET')) {
  const found: number[] = [];
  for (let each = 0; each < count; each += 1) found.push(statusOf(await ask(port, text)));
  return found;
}

test('without the setting every answer is passed on', async () => {
  const [sick, echo] = [await answering(BUSY), await track(openEcho())];
  const { port, group } = await gatewayTo([urlOf(sick), urlOf(echo)], { ...always, retries: { most: 1, budget: 1 } });
  expect((await statusesOf(port, 4)).toSorted()).toEqual([200, 200, 503, 503]);
  expect(group().retries).toBe(0);
});

describe('an answer that says to try again', () => {
  test.each(['GET', 'HEAD'])('%s is asked of another target, and nobody notices', async (method) => {
    const head = BUSY.slice(0, BUSY.indexOf('\r\n\r\n') + 4);
    const sick = await answering(method === 'HEAD' ? head : BUSY);
    const well = await answering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    const route = { match: { path: '/weather/{city}', methods: ['GET', 'HEAD'] } };
    const { port, group, records } = await gatewayTo([urlOf(sick), urlOf(well)], always, { more: route });
    expect(await statusesOf(port, 6, request(method))).toEqual(Array(6).fill(200));
    expect(sick.connections.map(({ received }) => received.split('\r\n\r\n').length - 1)).toEqual([3]);
    expect(records.map(({ upstream, status }) => [upstream, status])).toContainEqual([
      `${urlOf(sick)} (503) → ${urlOf(well)}`,
      200,
    ]);
    expect(group().targets.map(({ failed }) => failed)).toEqual([3, 0]);
    expect(group()).toMatchObject({ retries: 3, inFlight: 0, targets: [{ inFlight: 0 }, { inFlight: 0 }] });
  });

  test('the last one is the caller’s as it is, and each of them counts', async () => {
    const [sick, also] = [await answering(BUSY), await answering(BUSY)];
    const { port, group, records } = await gatewayTo([urlOf(sick), urlOf(also)], always);
    const answer = await ask(port, request('GET'));
    expect([statusOf(answer), answer?.body, answer?.headers['x-sick']]).toEqual([503, 'busy!', 'yes']);
    expect(records.map(({ upstream, reason }) => [upstream, reason])).toEqual([
      [`${urlOf(sick)} (503) → ${urlOf(also)}`, 'allowed'],
    ]);
    expect(group().targets.map(({ failed, requests }) => [failed, requests])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(group().inFlight).toBe(0);
  });

  test('a target that always says so is ejected', async () => {
    const [sick, echo] = [await answering(BUSY), await track(openEcho())];
    const { port, group } = await gatewayTo([urlOf(sick), urlOf(echo)], { retries, ejection: { failures: 2 } });
    expect(await statusesOf(port, 10)).toEqual(Array(10).fill(200));
    expect(group().targets.map(({ ejections, requests }) => [ejections, requests])).toEqual([
      [1, 2],
      [0, 10],
    ]);
  });

  test.each([
    ['another status', 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n', request('GET'), 500],
    ['a status that is not named', 'HTTP/1.1 504 Late\r\nContent-Length: 0\r\n\r\n', request('GET'), 504],
    ['a POST', BUSY, request('POST'), 503],
    ['a GET with a body', BUSY, `${request('GET').trimEnd()}\r\nContent-Length: 4\r\n\r\n\r\n\r\n`, 503],
    ['the caller was told a hint', `HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${BUSY}`, request('GET'), 503],
  ])('%s is passed on', async (_what, says, text, status) => {
    const [sick, echo] = [await answering(says), await track(openEcho())];
    const more = { ...always, retries: { ...retries, statuses: [503] } };
    const { port, group } = await gatewayTo([urlOf(sick), urlOf(echo)], more);
    const seen: number[] = [];
    for (let each = 0; each < 2; each += 1) {
      const caller = callRaw(port, text);
      await caller.until((received) => /^HTTP\/1.1 [2-5]/m.test(received));
      seen.push(...readMessages(caller.received()).map(statusOf));
      caller.socket.destroy();
    }
    expect(seen.filter((each) => each > 103).toSorted()).toEqual([200, status]);
    expect(group().retries).toBe(0);
  });

  test('the budget, which all retries share, is spent once', async () => {
    const [sick, also] = [await answering(BUSY), await answering(BUSY)];
    const more = { ...always, retries: { most: 5, budget: 0.1, statuses } };
    const { port, group } = await gatewayTo([urlOf(sick), urlOf(also)], more);
    expect(await statusesOf(port, 40)).toEqual(Array(40).fill(503));
    expect(group().retries).toBeGreaterThanOrEqual(10);
    expect(group().retries).toBeLessThanOrEqual(14);
    expect(group().targets.reduce((sum, { requests }) => sum + requests, 0)).toBe(40 + group().retries);
  });

  test('the time for everything ends while the next try waits', async () => {
    const sick = await answering(BUSY);
    const more = {
      ...always,
      retries: { ...retries, most: 5 },
      timeouts: { connectSeconds: 0.05, totalSeconds: 0.05 },
    };
    const { port, group, records } = await gatewayTo([urlOf(sick)], more);
    expect([503, 504]).toContain(statusOf(await ask(port, request('GET'))));
    await expect.poll(() => records.length).toBe(1);
    expect(group().inFlight).toBe(0);
  });

  describe('with Retry-After', () => {
    const LATER = BUSY.replace('X-Sick', 'Retry-After: 1\r\nX-Sick');
    const patient = { ...always, retries: { ...retries, most: 5, budget: 1 } };

    test('another target is asked at once, and nobody who said so a second time', async () => {
      const [sick, also, echo] = [await answering(LATER), await answering(LATER), await track(openEcho())];
      const { port, group } = await gatewayTo([urlOf(sick), urlOf(also), urlOf(echo)], patient);
      expect(await statusesOf(port, 6)).toEqual(Array(6).fill(200));
      expect(group().targets.every(({ requests }) => requests <= 6)).toBe(true);
    });

    test('the only target is left alone: the caller hears when to come back', async () => {
      const sick = await answering(LATER);
      const { port, group } = await gatewayTo([urlOf(sick)], patient);
      const answer = await ask(port, request('GET'));
      expect([statusOf(answer), answer?.headers['retry-after'], answer?.body]).toEqual([503, '1', 'busy!']);
      expect(group()).toMatchObject({ retries: 0, inFlight: 0, targets: [{ requests: 1, failed: 1 }] });
    });

    test('one that did not say so is asked again where there is no other', async () => {
      const [sick, also] = [await answering(LATER), await answering(BUSY)];
      const { port, group } = await gatewayTo([urlOf(sick), urlOf(also)], patient);
      expect(statusOf(await ask(port, request('GET')))).toBe(503);
      const [later, plain] = group().targets.map(({ requests }) => requests);
      expect([later, Number(plain)]).toEqual([1, 5]);
      expect(group().inFlight).toBe(0);
    });

    test('of no time is none', async () => {
      const sick = await answering(LATER.replace('Retry-After: 1', 'Retry-After: 0'));
      const { port, group } = await gatewayTo([urlOf(sick)], patient);
      expect(statusOf(await ask(port, request('GET')))).toBe(503);
      expect(group().retries).toBe(5);
    });
  });

  test('a caller who leaves while the next try waits takes it with him', async () => {
    const sick = await answering(BUSY);
    const { port, group, transport } = await gatewayTo([urlOf(sick)], { ...always, retries: { ...retries, most: 5 } });
    const callers = Array.from({ length: 20 }, async (_, index) => {
      const caller = callRaw(port, request('GET'));
      await caller.until(() => group().retries > index);
      caller.socket.destroy();
      await caller.closed;
    });
    await Promise.all(callers);
    await expect.poll(() => transport.stats().exchanges).toBe(0);
    expect(group().inFlight).toBe(0);
  });
});

describe('the connection of an answer that nobody gets', () => {
  /** Says its text to the first request of a connection, and echoes after that. */
  const once = (says: (write: (text: string) => void) => void) =>
    track(
      openUpstream((socket, received) => {
        const heads = received.split('\r\n\r\n').length - 1;
        if (heads === 1) says((text) => socket.write(text, 'latin1'));
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );

  test.each([
    ['with a length', BUSY, 1],
    ['in chunks', 'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbusy!\r\n0\r\n\r\n', 1],
    ['and it is to be closed', 'HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', 2],
    ['and there is more than that', `${BUSY}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray`, 2],
    ['and it has no end', 'HTTP/1.1 503 Busy\r\n\r\nbusy', 2],
    ['and only a part of it came', 'HTTP/1.1 503 Busy\r\nContent-Length: 999999\r\n\r\nbusy', 2],
    ['and its chunks are none', 'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n', 2],
  ])('whole, %s: so many connections for the two tries', async (_what, text, count) => {
    let said = false;
    const target = await track(
      openUpstream((socket) => {
        socket.write(said ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' : text, 'latin1');
        said = true;
      }),
    );
    const { port } = await gatewayTo([urlOf(target)], always);
    const answer = await ask(port, request('GET'));
    expect([statusOf(answer), answer?.body]).toEqual([200, 'ok']);
    expect(target.connections).toHaveLength(count);
  });

  test('a head that comes in pieces is read whole first', async () => {
    const target = await once((write) => {
      write(BUSY.slice(0, 20));
      setTimeout(() => write(BUSY.slice(20)), 20);
    });
    const { port } = await gatewayTo([urlOf(target)], always);
    expect((await ask(port, request('GET')))?.body).toBe('ok');
    expect(target.connections).toHaveLength(1);
  });

  test('who hangs up at the next try is tried once more, as after the first', async () => {
    const sick = await answering(BUSY);
    const broken = await track(openUpstream((socket) => socket.destroy()));
    const echo = await track(openEcho());
    const more = { ...always, retries: { ...retries, most: 2 } };
    const { port, records } = await gatewayTo([urlOf(sick), urlOf(broken), urlOf(echo)], more);
    expect(statusOf(await ask(port, request('GET')))).toBe(200);
    expect(records[0]?.upstream).toBe(`${urlOf(sick)} (503) → ${urlOf(broken)} (reset) → ${urlOf(echo)}`);
  });
});

test('nothing is hidden in, and nothing kept of, an answer that nobody gets', async () => {
  const json = (status: string, body: string) =>
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const sick = await answering(json('503 Busy', '{"ssn":"1","of":"sick"}'));
  const well = await answering(json('200 OK', '{"ssn":"1","of":"well"}'));
  const groups = [{ name: 'people', fields: ['/ssn'], unless: { scopes: ['people:all'] } }];
  const { port, group, records } = await gatewayTo([urlOf(sick), urlOf(well)], always, { more: { mask: { groups } } });
  const answer = await ask(port, request('GET'));
  expect([statusOf(answer), answer?.body]).toEqual([200, '{"of":"well"}']);
  expect(group().retries).toBe(1);
  await expect.poll(() => records.map(({ reason }) => reason)).toEqual(['allowed']);
});

test('a WebSocket that is refused by one target is opened by another', async () => {
  const sick = await answering(BUSY);
  const other = await track(
    openUpstream((socket, received) => {
      // RFC 6455 §1.3 names what answers the key of its example.
      const accept = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=';
      if (received.includes('Sec-WebSocket-Key') || received.includes('sec-websocket-key'))
        socket.write(`HTTP/1.1 101 Yes\r\n${accept}\r\n\r\n`);
    }),
  );
  const { port, group } = await gatewayTo([urlOf(sick), urlOf(other)], always, { more: { webSocket: {} } });
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  const text = `${request('GET').trimEnd()}\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
  expect(statusOf(await ask(port, text))).toBe(101);
  expect(group().retries).toBe(1);
});

test('callers of HTTP/2 do not notice either', async () => {
  const [sick, echo] = [await answering(BUSY), await track(openEcho())];
  const { port, group } = await gatewayTo([urlOf(sick), urlOf(echo)], always);
  const session = connect(`http://127.0.0.1:${port}`);
  const found = [];
  for (let each = 0; each < 4; each += 1) {
    found.push(
      await new Promise((resolve, reject) => {
        const stream = session.request({ ':path': '/weather/paris', 'x-api-key': KEY });
        stream.on('response', (headers) => resolve(headers[':status']));
        stream.on('error', reject);
        stream.resume();
      }),
    );
  }
  session.destroy();
  expect(found).toEqual([200, 200, 200, 200]);
  expect(group()).toMatchObject({ retries: 2, targets: [{ failed: 2 }, { failed: 0 }] });
});
