/** Receivers that others chose, met with the real guarded fetch. What they do must end soon, and cost only themselves. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createSafeFetch } from '#base';
import { sendMessage } from './send-message.ts';

const opened: { close(): void }[] = [];
const inside = createSafeFetch({ allowRanges: ['127.0.0.1/32'], allowHttp: 'in_ranges' });
const send = (url: string, fetch = inside) =>
  sendMessage(fetch, { url, headers: { 'webhook-id': 'evt_1' }, body: '{"type":"x.y"}' });

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function listen(server: Server, close: () => void = () => server.close()): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  opened.push({ close });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function answering(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    answer(response, request);
  });
  return listen(server, () => {
    server.closeAllConnections();
    server.close();
  });
}

/** Speaks whatever it likes. */
function speaking(text: string): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(text);
  });
  return listen(server, () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
}

describe('a receiver that', () => {
  test('redirects is not followed', async () => {
    let followed = 0;
    const elsewhere = await answering((response) => {
      followed += 1;
      response.end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await answering((response) => response.writeHead(status, { location: elsewhere }).end());
      expect(await send(url)).toMatchObject({ status, failure: `answered ${status}` });
    }
    expect(followed).toBe(0);
  });

  test('answers without end is left', async () => {
    const url = await answering((response) => {
      response.writeHead(200);
      const more = () =>
        response.destroyed || (response.write('x'.repeat(16_384)) ? setImmediate(more) : response.once('drain', more));
      more();
    });
    expect(await send(url)).toMatchObject({ status: undefined, failure: 'the answer is larger than 64 KB' });
  });

  test('has a head without end is left', async () => {
    const url = await speaking(`HTTP/1.1 200 OK\r\n${`x-more: ${'y'.repeat(1000)}\r\n`.repeat(64)}\r\n`);
    expect(await send(url)).toMatchObject({ status: undefined, failure: 'the head of the answer is too large' });
  });

  test('says yes in a compressed bomb is not believed', async () => {
    const url = await answering((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'));
    expect((await send(url)).failure).toBeDefined();
  });

  test('speaks something else is a failure', async () => {
    expect((await send(await speaking('220 mail.example.com ESMTP\r\n'))).failure).toBeDefined();
  });

  test('hangs up is a failure', async () => {
    const url = await answering((response) => response.destroy());
    expect(await send(url)).toMatchObject({ status: undefined, failure: expect.stringMatching(/connection was/) });
  });

  test('does not answer is left when the time is over', async () => {
    const url = await answering(() => undefined);
    const soon: typeof inside = (to, options) => inside(to, { ...options, timeoutMs: 50 });
    expect(await send(url, soon)).toMatchObject({ failure: 'no complete answer within 15 seconds' });
  });

  test('answers what PostgreSQL can’t keep is kept all the same', async () => {
    const url = await answering((response) => response.writeHead(400).end(Buffer.from([0, 0xff, 0xfe, 0x41])));
    const { answer = '' } = await send(url);
    expect([answer.includes('\0'), answer.isWellFormed(), answer.endsWith('A')]).toEqual([false, true, true]);
  });

  test('tells a long story is quoted, not kept', async () => {
    const url = await answering((response) => response.writeHead(500).end('y'.repeat(60_000)));
    expect((await send(url)).answer).toHaveLength(1024);
  });
});

test.for([
  ['this machine', 'https://127.0.0.1:1/'],
  ['this machine by IPv6', 'https://[::1]:1/'],
  ['this machine in another spelling', 'https://2130706433/'],
  ['the own network', 'https://10.0.0.1/'],
  ['the metadata of a cloud', 'http://169.254.169.254/latest/meta-data/'],
  ['plain http', 'http://hooks.example.com/'],
  ['a file', 'file:///etc/passwd'],
] as const)('%s is not reached, and reads like nothing at all', async ([, url]) => {
  const outside = createSafeFetch({ resolve: async () => ['192.0.2.1'] });
  const { status, failure } = await send(url, outside);
  expect([status, failure]).toEqual([undefined, 'there is nothing at this address that may be reached from here']);
});

test('a name that leads inside reads like one that leads nowhere', async () => {
  const leading = createSafeFetch({ resolve: async () => ['10.0.0.1'] });
  const nowhere = createSafeFetch({
    resolve: async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    },
  });
  const [one, other] = await Promise.all([leading, nowhere].map((fetch) => send('https://hooks.example.com/', fetch)));
  expect(one?.failure).toBe(other?.failure);
});
