/** Questions of Envoy's that can't be read: each gets an answer that denies, in a call that succeeds. */
import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import { addressRanges, createLogger } from '#base';
import { openFixture } from '../gateway.fixture.ts';
import { extAuthzService, weatherQuestion } from './ext-authz-client.fixture.ts';
import type { CheckRequest, CheckResponse } from './ext-authz-messages.ts';
import { openExtAuthzServer } from './ext-authz-server.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Parts = Parameters<typeof openExtAuthzServer>[0];

async function open(more: Partial<Parts> = {}) {
  const { gateway, records } = openFixture({ trustedProxies: ['127.0.0.1'] });
  const { check, refuse } = gateway;
  const isProxy = addressRanges(['127.0.0.1']);
  const server = openExtAuthzServer({ check, refuse, isProxy, log: createLogger({ level: 'silent' }), ...more });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => server.close(0));
  const session = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 1000 });
  closers.push(() => session.destroy());
  return { port, session, records, check };
}

const definition = extAuthzService().service.Check;

const question = (headers?: Record<string, string>): Buffer =>
  definition?.requestSerialize(weatherQuestion(headers)) ?? Buffer.alloc(0);

function framed(message: Buffer, { flag = 0, length = message.length } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

interface Said {
  grpc: string | undefined;
  status: number | undefined;
  problem: Record<string, unknown>;
  allowed: boolean;
}

/** Sends the pieces, ends unless told otherwise, and reads the answer as a client of gRPC would. */
function call(
  session: ClientHttp2Session,
  pieces: readonly Buffer[],
  { headers = {}, ends = true }: { headers?: Record<string, string>; ends?: boolean } = {},
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/envoy.service.auth.v3.Authorization/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    const taken: Buffer[] = [];
    let grpc: string | undefined;
    const read = (fields: Record<string, unknown>) => {
      grpc ??= fields['grpc-status']?.toString();
    };
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('data', (bytes: Buffer) => taken.push(bytes));
    stream.on('error', reject);
    stream.on('end', () => {
      stream.close(constants.NGHTTP2_CANCEL);
      const bytes = Buffer.concat(taken);
      if (bytes.length === 0) return resolve({ grpc, status: undefined, problem: {}, allowed: false });
      expect(bytes.readUInt32BE(1)).toBe(bytes.length - 5);
      const answer = definition?.responseDeserialize(bytes.subarray(5)) as CheckResponse;
      const { denied_response: denied } = answer;
      const allowed = answer.ok_response !== undefined && (answer.status.code ?? 0) === 0;
      resolve({ grpc, status: denied?.status.code, problem: JSON.parse(denied?.body || '{}'), allowed });
    });
    for (const piece of pieces) stream.write(piece);
    if (ends) stream.end();
  });
}

const MAX = 256 * 1024;
/** Longer numbers of its lengths take up what one letter does not. */
const LONGEST = question({ 'x-long': 'x'.repeat(MAX - question({ 'x-long': 'x'.repeat(MAX) }).length + MAX) });
const groups = Buffer.alloc(200_000, 0x0b);
const gzip = { 'grpc-encoding': 'gzip' };

describe('a call that succeeds', () => {
  test.for<[what: string, pieces: Buffer[], headers?: Record<string, string>]>([
    ['in one piece', [framed(question())]],
    ['byte by byte', [...framed(question())].map((byte) => Buffer.from([byte]))],
    ['compressed', [framed(gzipSync(question()), { flag: 1 })], gzip],
    ['which might have been compressed', [framed(question())], gzip],
    ['with time enough', [framed(question())], { 'grpc-timeout': '9S' }],
    ['as long as may be', [framed(LONGEST)]],
  ])('allows a question %s', async ([, pieces, headers]) => {
    const { session } = await open();
    expect(await call(session, pieces, { headers: headers ?? {} })).toMatchObject({ grpc: '0', allowed: true });
  });

  test.for<[what: string, pieces: Buffer[], status: number, problem: object, headers?: Record<string, string>]>([
    ['too long', [framed(question({ 'x-long': 'x'.repeat(MAX) }))], 413, { code: 'check_too_large', bytes_max: MAX }],
    ['far too long', Array.from({ length: 64 }, () => Buffer.alloc(MAX)), 413, { code: 'check_too_large' }],
    ['that says it is too long', [framed(question(), { length: 2 ** 32 - 1 })], 413, { code: 'check_too_large' }],
    [
      'too long when decompressed',
      [framed(gzipSync(Buffer.alloc(64 * MAX)), { flag: 1 })],
      413,
      { code: 'check_too_large' },
      gzip,
    ],
    ['that is missing', [], 400, { unclear: 'the message, which is missing' }],
    ['of half a prefix', [Buffer.alloc(3)], 400, { unclear: 'the message, which is missing' }],
    ['that is empty', [framed(Buffer.alloc(0))], 400, { unclear: 'the request' }],
    ['that breaks off', [framed(question()).subarray(0, 40)], 400, { unclear: 'the message, which is not whole' }],
    [
      'beside another',
      [framed(question()), framed(question())],
      400,
      { unclear: 'the message, since there is more than one' },
    ],
    ['of no protobuf', [framed(Buffer.from('{"a":1}'))], 400, { unclear: 'the message, which is no CheckRequest' }],
    ['of groups in groups', [framed(groups)], 400, { unclear: 'the message, which is no CheckRequest' }],
    ['of another flag', [framed(question(), { flag: 2 })], 400, { unclear: 'whether the message is compressed' }],
    [
      'compressed, nobody says how',
      [framed(question(), { flag: 1 })],
      400,
      { unclear: 'how the message is compressed' },
    ],
    [
      'compressed in a way nobody knows',
      [framed(question(), { flag: 1 })],
      400,
      { unclear: 'how the message is compressed' },
      { 'grpc-encoding': 'snappy' },
    ],
    [
      'that is not compressed as it says',
      [framed(question(), { flag: 1 })],
      400,
      { unclear: 'the message, which is not compressed as it says' },
      gzip,
    ],
    ['with a time that is none', [framed(question())], 400, { unclear: 'grpc-timeout' }, { 'grpc-timeout': 'soon' }],
  ])('denies a question %s', async ([, pieces, status, problem, headers]) => {
    const { session } = await open();
    const said = await call(session, pieces, { headers: headers ?? {} });
    expect(said).toMatchObject({ grpc: '0', status, problem, allowed: false });
    // The connection goes on.
    expect(await call(session, [framed(question())])).toMatchObject({ allowed: true });
  });
});

test('a question too long gets its answer from a client of gRPC too', async () => {
  const { port } = await open();
  const client = new (extAuthzService())(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(() => client.close());
  const raw_value = Buffer.alloc(8 * 1024 * 1024, 'x');
  const request: CheckRequest = { attributes: { request: { http: { header_map: { headers: [{ raw_value }] } } } } };
  const answer = await new Promise<CheckResponse>((resolve, reject) => {
    client.check?.(request, (error: Error | null, found: CheckResponse) => (error ? reject(error) : resolve(found)));
  });
  expect(answer.denied_response?.status.code).toBe(413);
});

test('of what is too long, nothing is held', async () => {
  const { session } = await open();
  const before = process.memoryUsage().arrayBuffers;
  const pieces = Array.from({ length: 20 }, () => Buffer.alloc(MAX));
  const sent = Array.from({ length: 40 }, () => call(session, pieces));
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }, 1);
  expect(new Set((await Promise.all(sent)).map(({ status }) => status))).toEqual(new Set([413]));
  clearInterval(watch);
  // 200 MiB were sent; the pieces themselves are 5 MiB, and each question may hold twice its limit for a moment.
  expect(most - before).toBeLessThan(64 * 1024 * 1024);
});

test('whoever does not end is answered in time', async () => {
  const { session } = await open({ milliseconds: 50 });
  const said = await call(session, [framed(question())], { ends: false });
  expect(said).toMatchObject({ grpc: '0', status: 408, problem: { unclear: 'the message, which is late' } });
});

test('an answer that would come too late for the proxy is a no, and recorded as not given', async () => {
  let decide = () => {};
  const outcomes: object[] = [];
  const { session } = await open({
    check: () =>
      new Promise((resolve) => {
        decide = () =>
          resolve({
            kind: 'reply',
            status: 200,
            headers: [],
            body: '',
            granted: [],
            onDone: (it) => outcomes.push(it),
          });
      }),
  });
  const headers = { 'grpc-timeout': '100m' };
  expect(await call(session, [framed(question())], { headers })).toMatchObject({
    grpc: '0',
    status: 503,
    problem: { code: 'decision_unavailable' },
  });
  decide();
  await expect.poll(() => outcomes).toMatchObject([{ status: 503, aborted: true }]);
});

test('an answer that can not be said is still a no', async () => {
  const { session } = await open({
    check: () => {
      const broken: unknown = {
        toString() {
          throw new Error('broken');
        },
      };
      const headers = ['x', broken as string];
      return { kind: 'reply', status: 200, headers, body: '', granted: [], onDone: () => {} };
    },
  });
  expect(await call(session, [framed(question())])).toMatchObject({ grpc: '0', status: 500, allowed: false });
});

test('a stranger’s message is not read, and he is told so', async () => {
  const { session } = await open({ isProxy: () => false });
  const said = await call(session, [framed(question())], { ends: false });
  expect(said).toMatchObject({ grpc: '0', status: 403, problem: { code: 'proxy_not_trusted' } });
});

test('who resets stream after stream does not end the questions of others', async () => {
  const { session } = await open();
  for (let round = 0; round < 300; round += 1) {
    const stream = session.request({ ':method': 'POST', ':path': '/envoy.service.auth.v3.Authorization/Check' });
    stream.on('error', () => {});
    stream.close(constants.NGHTTP2_CANCEL);
  }
  expect(await call(session, [framed(question())])).toMatchObject({ allowed: true });
});

test('what is no call of this service is an error', async () => {
  const { session } = await open();
  const headers = { ':path': '/envoy.service.auth.v3.Authorization/Other' };
  expect(await call(session, [framed(question())], { headers })).toMatchObject({ grpc: '12', allowed: false });
});
