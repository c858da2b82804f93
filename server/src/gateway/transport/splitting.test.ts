import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MALFORMED_CASES } from './malformed.cases.ts';
import {
  callRaw,
  openEcho,
  openTransport,
  openUpstream,
  type RawUpstream,
  readMessages,
  statusOf,
  type TransportUnderTest,
} from './transport.fixture.ts';

/** Whatever the machine is doing, no request is met by a limit by accident; a hang is found by the test's own time limit. */
const patient = { lingerMilliseconds: 20, keepAliveMilliseconds: 150 };
/** Where the bytes may never end, the answer is the time limit's. */
const hasty = { lingerMilliseconds: 20, headMilliseconds: 150, bodyIdleMilliseconds: 150, keepAliveMilliseconds: 150 };

let upstream: RawUpstream;
let transport: TransportUnderTest;
let hastyTransport: TransportUnderTest;

beforeAll(async () => {
  upstream = await openEcho();
  transport = await openTransport({ upstreamPort: upstream.port, limits: patient });
  hastyTransport = await openTransport({ upstreamPort: upstream.port, limits: hasty });
});

afterAll(async () => {
  await transport.drain(500);
  await hastyTransport.drain(500);
  await upstream.close();
});

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  target: fc.stringMatching(/^\/[a-z0-9/?=&%-]{0,40}$/),
  fields: fc.array(fc.tuple(token, fc.stringMatching(/^[!-~]{0,30}$/)), { maxLength: 5 }),
  body: fc.option(fc.string({ maxLength: 300, unit: 'binary-ascii' }), { nil: undefined }),
  chunkBytes: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
});
type Request = typeof request extends fc.Arbitrary<infer R> ? R : never;

function write({ method, target, fields, body, chunkBytes }: Request): string {
  const lines = fields.map(([name, value]) => `X-${name}: ${value}\r\n`).join('');
  const head = `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines}`;
  if (body === undefined) return `${head}\r\n`;
  if (chunkBytes === undefined) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  let chunks = '';
  for (let at = 0; at < body.length; at += chunkBytes) {
    const chunk = body.slice(at, at + chunkBytes);
    chunks += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
}

/** Sends the pieces one by one, each in a turn of the event loop of its own, so that they are read apart. */
async function sendApart(caller: ReturnType<typeof callRaw>, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    if (caller.socket.destroyed) return;
    caller.socket.write(piece, 'latin1');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function split(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((left, right) => left - right);
  return [0, ...places].map((place, index) => text.slice(place, places[index])).filter((piece) => piece !== '');
}

/** What the upstream received, whichever chunks it came in. */
function meaning(body: string): { head: string; body: string } {
  const [message] = readMessages(body);
  const lines = body
    .slice(0, body.indexOf('\r\n\r\n'))
    .split('\r\n')
    .filter((line) => !line.startsWith('host:'));
  return { head: lines.join('\n'), body: message?.body ?? '' };
}

describe('pipelined requests', () => {
  it('give the same exchanges however they are cut into packets', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (requests, cuts) => {
          const caller = callRaw(transport.port);
          await sendApart(caller, split(requests.map(write).join(''), cuts));
          const text = await caller.until((received) => readMessages(received).length >= requests.length);
          caller.socket.destroy();
          const answers = readMessages(text);
          expect(answers.map(statusOf)).toEqual(requests.map(() => 200));
          expect(answers.map((answer) => meaning(answer.body))).toEqual(
            requests.map(({ method, target, fields, body, chunkBytes }) => ({
              head: [
                `${method} ${target} HTTP/1.1`,
                ...fields.map(([name, value]) => `x-${name}: ${value}`),
                ...(body === undefined
                  ? []
                  : [chunkBytes === undefined ? `content-length: ${body.length}` : 'transfer-encoding: chunked']),
              ].join('\n'),
              body: body ?? '',
            })),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('are refused at once for a byte behind a carriage return, also where both come together', async () => {
    const caller = callRaw(transport.port);
    await sendApart(caller, ['GET / HTTP/1.1\r\nHost: a\r\n', '\rX']);
    await caller.closed;
    expect(readMessages(caller.received()).map(statusOf)).toEqual([400]);
  });

  it('are refused alike however a malformed one is cut into packets', async () => {
    const refused = MALFORMED_CASES.filter(
      ({ expect: expected, send }) => typeof expected === 'number' && send.length < 400,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...refused),
        fc.array(fc.nat(), { maxLength: 6 }),
        async ({ send, expect: expected }, cuts) => {
          const caller = callRaw(transport.port);
          await sendApart(caller, split(send, cuts));
          await caller.closed;
          expect(readMessages(caller.received()).map(statusOf)).toEqual([expected]);
        },
      ),
      { numRuns: 600 },
    );
  });
});

const mutation = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 3 }),
  insert: fc.string({ maxLength: 3, unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
});

function mutate(text: string, mutations: readonly { at: number; remove: number; insert: string }[]): string {
  let result = text;
  for (const { at, remove, insert } of mutations) {
    const place = at % (result.length + 1);
    result = result.slice(0, place) + insert + result.slice(place + remove);
  }
  return result;
}

/** So many connections at once in one run: most of the time goes into waiting for the time limits above. */
const batch = { minLength: 40, maxLength: 40 };
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });

describe('any bytes at all', () => {
  it('from a caller end in answers and a closed connection, never in an exception or a hang', async () => {
    const mutated = fc.tuple(fc.array(request, { minLength: 1, maxLength: 3 }), mutations);
    await fc.assert(
      fc.asyncProperty(fc.array(mutated, batch), async (runs) => {
        await Promise.all(
          runs.map(async ([requests, changes]) => {
            const caller = callRaw(hastyTransport.port, mutate(requests.map(write).join(''), changes));
            await caller.closed;
            for (const answer of readMessages(caller.received())) {
              expect([200, 400, 408, 414, 431, 501, 505]).toContain(statusOf(answer));
            }
          }),
        );
        expect(transport.stats().exchanges).toBe(0);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('from an upstream end in an answer or a cut connection', async () => {
    const response = fc.constantFrom(
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n',
    );
    const responses: string[] = [];
    const hostile = await openUpstream((socket) => socket.end(responses.pop() ?? '', 'latin1'));
    // Heads are whole here: one that is late only because the machine is busy must not be refused for it.
    const under = await openTransport({ upstreamPort: hostile.port, limits: { ...hasty, headMilliseconds: 10_000 } });
    let exchanges = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(response, mutations), batch), async (runs) => {
        responses.push(...runs.map(([text, changes]) => mutate(text, changes)));
        await Promise.all(
          runs.map(() => callRaw(under.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').closed),
        );
        exchanges += runs.length;
        // What came of it is told once the upstream's side is over too, which may be after the caller's.
        await expect.poll(() => under.outcomes.length, { timeout: 5_000 }).toBe(exchanges);
        expect(under.stats().exchanges).toBe(0);
      }),
      { numRuns: 15, endOnFailure: true },
    );
    await under.drain(500);
    expect(under.stats().connections).toBe(0);
    await hostile.close();
  });
});
