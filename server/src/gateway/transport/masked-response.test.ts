/** Responses that are kept until it is known what of them the caller may have: bytes in, bytes out. */
import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { ResponseMask } from '../exchange.ts';
import {
  callRaw,
  openTransport,
  openUpstream,
  readMessages,
  statusOf,
  type UnderTestOptions,
} from './transport.fixture.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** `s` becomes `*`; what holds `?` can't be read. */
const MASK: Omit<ResponseMask, 'refusal'> = {
  bytesMax: 1000,
  hidesLength: true,
  removed: ['content-md5'],
  plan: ({ hasBody, field }) => (hasBody ? (field('content-type') === 'text/plain' ? 'withhold' : 'body') : 'head'),
  headers: () => ({ headers: ['etag', 'W/"ours"', 'cache-control', 'private'], dropsTag: false }),
  hide: (body) => (body.includes('?') ? undefined : Buffer.from(body.toString('latin1').replaceAll('secret', '*'))),
};

async function open(response: string | string[], options: UnderTestOptions = {}, mask: Partial<ResponseMask> = {}) {
  const pieces = [response].flat();
  const upstream = await openUpstream((socket, received) => {
    if (!received.endsWith('\r\n\r\n')) return;
    void sendInTurn(socket, pieces);
  });
  closing.push(upstream.close);
  const transport = await openTransport({
    upstreamPort: upstream.port,
    decide: (_head, forward, reply) => {
      const refusal = (status: number) => reply(status >= 400 ? status : 502, 'withheld');
      return { ...forward(), responseMask: { ...MASK, refusal, ...mask } };
    },
    ...options,
  });
  closing.push(() => transport.drain(300));
  return { transport, upstream };
}

/** One after the other: timers of several lengths change places on a busy machine. */
async function sendInTurn(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (piece === 'END') socket.end();
    else socket.write(piece, 'latin1');
    await wait(5);
  }
}

const get = (method = 'GET') => `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`;
const HEAD = 'HTTP/1.1 200 OK\r\nETag: "theirs"\r\nContent-MD5: x\r\nCache-Control: public\r\nX-Kept: 1\r\n';
const sized = (body: string, status = '200 OK') =>
  `${HEAD.replace('200 OK', status)}Content-Length: ${body.length}\r\n\r\n${body}`;

async function answerOf(port: number, request = get()) {
  const [message] = readMessages(await callRaw(port, request).until((text) => readMessages(text).length > 0));
  return { status: statusOf(message), headers: message?.headers ?? {}, body: message?.body };
}

describe('a response that is masked', () => {
  test.each<[string, string | string[]]>([
    ['of a length', sized('a secret')],
    ['in pieces', [sized('a secret').slice(0, 20), sized('a secret').slice(20, -3), 'ret']],
    ['in chunks', [`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\na sec\r\n`, '3\r\nret\r\n0\r\n\r\n']],
    ['until the end', [`${HEAD}\r\na sec`, 'ret', 'END']],
    ['behind another', ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', sized('a secret')]],
  ])('%s: comes whole, of its own length, with its own tag', async (_what, response) => {
    const { transport } = await open(response);
    const text = await callRaw(transport.port, get()).until((found) => found.includes('a *'));
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n|103 Early[\s\S]*HTTP\/1.1 200 OK\r\n/);
    expect(text).toMatch(/content-length: 3\r\n/);
    expect(text).toContain('etag: W/"ours"');
    expect(text.toLowerCase()).toContain('x-kept: 1');
    for (const gone of ['secret', 'theirs', 'public', 'MD5', 'chunked']) expect(text).not.toContain(gone);
    expect(await transport.ended(1)).toMatchObject([{ status: 200, bytesOut: 3, aborted: false }]);
  });

  test('leaves both connections to the next request', async () => {
    const { transport, upstream } = await open(sized('a secret'));
    const caller = callRaw(transport.port, get() + get());
    const answers = readMessages(await caller.until((text) => readMessages(text).length === 2));
    expect(answers.map(({ body }) => body)).toEqual(['a *', 'a *']);
    expect(upstream.connections).toHaveLength(1);
  });

  test.each<[string, string, number]>([
    ['HEAD', `${HEAD}Content-Length: 8\r\n\r\n`, 200],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nETag: "theirs"\r\nContent-Length: 8\r\n\r\n', 304],
    ['GET', 'HTTP/1.1 204 No Content\r\nETag: "theirs"\r\n\r\n', 204],
    ['GET', sized(''), 200],
  ])('%s without a body says nothing of a length: %s', async (method, response, status) => {
    const { transport } = await open(response);
    const text = await callRaw(transport.port, get(method)).until((found) => found.includes('\r\n\r\n'));
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    expect(text).toContain('etag: W/"ours"');
    expect(text).not.toMatch(/content-length: 8|theirs/i);
  });

  test('over HTTP/2', async () => {
    const { transport } = await open(sized('a secret'), { options: { cleartextHttp2: true } });
    const session = connect(`http://127.0.0.1:${transport.port}`);
    closing.push(async () => session.destroy());
    const found = await new Promise<[string | undefined, string]>((resolve) => {
      const stream = session.request({ ':path': '/' });
      let [length, text]: [string | undefined, string] = [undefined, ''];
      stream.on('response', (headers) => {
        length = headers['content-length'];
      });
      stream.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      stream.on('close', () => resolve([length, text]));
    });
    expect(found).toEqual(['3', 'a *']);
  });
});

describe('nothing is shown', () => {
  test.each<[string, string | string[], number, Partial<ResponseMask>?]>([
    ['of what can not be read', sized('a secret?'), 502],
    [
      'of what is not to be read',
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nsecret`,
      502,
    ],
    ['but the status of a failure', sized('a secret?', '404 Not Found'), 404],
    ['of what is too long', sized('secret'.repeat(200)), 502],
    [
      'of what is too long, in chunks',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n${'100\r\n'.padEnd(261, 's')}\r\n`.repeat(1) +
        `${'400\r\n'.padEnd(1029, 's')}\r\n0\r\n\r\n`,
      502,
    ],
    ['of what breaks off', [sized('a secret').slice(0, -2), 'END'], 502],
    ['of what is malformed', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\nsecret`, 502],
    ['of what can not be read, until the end', [`${HEAD}\r\na secret?`, 'END'], 502],
  ])('%s', async (_what, response, status, mask) => {
    const { transport } = await open(response, {}, mask);
    const answer = await answerOf(transport.port);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer)).not.toContain('secret');
    const [outcome] = await transport.ended(1);
    expect(outcome?.status).toBe(status);
    expect(transport.outcomes).toHaveLength(1);
  });

  test('when too much is kept already', async () => {
    const { transport } = await open(sized('a secret'), { limits: { heldBodiesBytesMax: 4 } });
    expect((await answerOf(transport.port)).status).toBe(502);
  });

  test('of what does not come in time', async () => {
    const { transport } = await open(sized('a secret').slice(0, -2), {}, {});
    const caller = callRaw(transport.port, get());
    await new Promise((done) => setTimeout(done, 50));
    expect(caller.received()).toBe('');
    caller.socket.destroy();
    expect(await transport.ended(1)).toMatchObject([{ status: 499, aborted: true }]);
  });
});
