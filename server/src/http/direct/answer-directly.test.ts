import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, openIssuer } from '../oauth/issuer.fixture.ts';

let issuer: Awaited<ReturnType<typeof openIssuer>>;
let basic: string;
/** Requests that the framework saw: what is answered directly never comes there. */
let framework = 0;

beforeAll(async () => {
  issuer = await openIssuer({ onFrameworkRequest: () => (framework += 1) });
  basic = Buffer.from(`machine:${await issuer.secretOf('machine')}`).toString('base64');
});
afterAll(() => issuer.close());

const FORM = 'application/x-www-form-urlencoded';
const GRANT = `grant_type=client_credentials&resource=${encodeURIComponent(AUDIENCE)}`;

function post(path: string, body: string, headers: Record<string, string | string[]> = {}): string {
  const all = { host: 'localhost', authorization: `Basic ${basic}`, 'content-type': FORM, ...headers };
  const lines = Object.entries(all).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  );
  const length = 'transfer-encoding' in headers ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** Sends the pieces one after the other, on one connection, and reads that many answers. */
async function ask(pieces: readonly string[], answers: number): Promise<Answer[]> {
  const socket = connect(Number(new URL(issuer.origin).port), '127.0.0.1');
  socket.setNoDelay(true);
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('utf8');
  });
  await once(socket, 'connect');
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await wait(5);
  }
  const read: Answer[] = [];
  while (read.length < answers) {
    const head = text.indexOf('\r\n\r\n');
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
    if (head === -1 || text.length < head + 4 + length) {
      if (socket.destroyed || socket.readableEnded) break;
      await Promise.race([once(socket, 'data'), once(socket, 'close')]);
      continue;
    }
    read.push(parse(text.slice(0, head), text.slice(head + 4, head + 4 + length)));
    text = text.slice(head + 4 + length);
  }
  socket.destroy();
  return read;
}

function parse(head: string, body: string): Answer {
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  return { status: Number(first.split(' ')[1]), headers, body: body === '' ? {} : JSON.parse(body) };
}

async function counted(work: () => Promise<Answer[]>): Promise<{ answers: Answer[]; framework: number }> {
  const before = framework;
  const answers = await work();
  return { answers, framework: framework - before };
}

/** What is another one in each answer. */
const VARYING = new Set(['date', 'x-request-id', 'content-length', 'connection', 'keep-alive']);
const standing = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !VARYING.has(name)));

describe('both ways answer alike', () => {
  it.each([
    ['a token', '/oauth/token', GRANT, {}],
    ['an unknown grant', '/oauth/token', 'grant_type=password', {}],
    ['a wrong secret', '/oauth/token', GRANT, { authorization: 'Basic bWFjaGluZTp3cm9uZw==' }],
    ['a parameter twice', '/oauth/token', `${GRANT}&scope=a&scope=b`, {}],
    ['malformed percent-encoding', '/oauth/token', 'grant_type=%zz', {}],
    ['an unknown token revoked', '/oauth/revoke', 'token=unknown', {}],
    ['an unknown token introspected', '/oauth/introspect', 'token=unknown', {}],
    ['a charset', '/oauth/token', GRANT, { 'content-type': `${FORM};charset=UTF-8` }],
  ])('%s', async (_, path, body, headers) => {
    const direct = await counted(() => ask([post(path, body, headers)], 1));
    // A chunked body is none of the plainest: it goes the other way.
    const chunked = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const other = await counted(() => ask([post(path, chunked, { ...headers, 'transfer-encoding': 'chunked' })], 1));
    expect([direct.framework, other.framework]).toEqual([0, 1]);
    const [ours, theirs] = [direct.answers[0], other.answers[0]];
    if (ours === undefined || theirs === undefined) throw new Error('no answer');
    expect(ours.status).toBe(theirs.status);
    expect(standing(ours)).toEqual(standing(theirs));
    expect(Object.keys(ours.body)).toEqual(Object.keys(theirs.body));
    expect(ours.body.error).toBe(theirs.body.error);
    expect(ours.headers['x-request-id']).toMatch(/^acc_/);
  });
});

describe('a connection', () => {
  it('carries one request after the other, also sent ahead, in order', async () => {
    const bodies = ['grant_type=a', GRANT, 'grant_type=c'];
    const { answers, framework: seen } = await counted(() =>
      ask([bodies.map((body) => post('/oauth/token', body)).join('')], 3),
    );
    expect(answers.map(({ status }) => status)).toEqual([400, 200, 400]);
    expect(answers.map(({ body }) => /The grant_type (\S+)/.exec(String(body.error_description))?.[1])).toEqual([
      'a',
      undefined,
      'c',
    ]);
    expect(seen).toBe(0);
  });

  it('goes to the framework with the first request that is for something else, and what was sent behind it too', async () => {
    const get = 'GET /.well-known/nothing HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const { answers, framework: seen } = await counted(() =>
      ask([post('/oauth/token', GRANT) + get + post('/oauth/token', GRANT)], 3),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
    expect(seen).toBe(2);
  });

  it('goes to the framework when a request comes in pieces, wherever it was cut', async () => {
    const whole = post('/oauth/token', GRANT);
    for (const cut of [1, 4, 20, 60, whole.length - GRANT.length, whole.length - 1]) {
      const { answers, framework: seen } = await counted(() => ask([whole.slice(0, cut), whole.slice(cut)], 1));
      expect([cut, answers[0]?.status, seen]).toEqual([cut, 200, 1]);
    }
  });

  it.each([
    ['JSON', () => post('/oauth/token', '{}', { 'content-type': 'application/json' }), 400],
    [
      'two Authorization headers',
      () => post('/oauth/token', GRANT, { authorization: ['Basic eDp5', 'Basic eDp6'] }),
      401,
    ],
    ['a query', () => post('/oauth/token?a=b', GRANT), 200],
    ['Connection: close', () => post('/oauth/token', GRANT, { connection: 'close' }), 200],
    ['a body that is too large', () => post('/oauth/token', `a=${'b'.repeat(70_000)}`), 400],
    ['no HTTP at all', () => 'hello\r\n\r\n', 400],
    ['two lengths', () => post('/oauth/token', GRANT, { 'Content-Length': '5' }), 400],
    ['another method', () => 'DELETE /oauth/userinfo HTTP/1.1\r\nhost: localhost\r\n\r\n', 404],
    ['a GET with a body', () => 'GET /oauth/userinfo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\nx', 401],
  ])('leaves %s to the framework', async (_, request, status) => {
    const [answer] = await ask([request()], 1).catch(() => []);
    expect(answer?.status).toBe(status);
  });

  it('is answered though the caller has closed his half', async () => {
    const socket = connect({ port: Number(new URL(issuer.origin).port), host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.end(post('/oauth/token', GRANT));
    await once(socket, 'end');
    expect(text).toContain('access_token');
  });

  it('that is idle does not keep the server from closing', async () => {
    const other = await openIssuer();
    const socket = connect(Number(new URL(other.origin).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(post('/oauth/token', GRANT));
    await once(socket, 'data');
    const closed = once(socket, 'close');
    socket.resume();
    await other.close();
    await closed;
  });
});
