import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INCOMPLETE } from './field-lines.ts';
import { KnownFields } from './known-fields.ts';
import { LinesOfPeers } from './lines-of-peers.ts';
import { RequestHeadParser } from './request-head-parser.ts';
import { TRANSPORT_LIMITS } from './transport-limits.ts';

const PEER = { remoteAddress: '192.0.2.1', encrypted: false };

/** Heads of one connection, one after the other. */
function connection(limits = TRANSPORT_LIMITS, shared = new LinesOfPeers()) {
  const parser = new RequestHeadParser(limits);
  const peer = { ...PEER, knownFields: new KnownFields(shared, PEER) };
  return (head: string) => {
    const bytes = Buffer.from(`before${head}`, 'latin1');
    const result = parser.parse(bytes, 6, bytes.length, peer);
    return { result, request: parser.request, refusal: parser.refusal, headEnd: parser.headEnd - 6 };
  };
}

/** The same head on a connection of its own. */
const alone = (head: string) => connection()(head);

const plain = 'Host: a.example\r\nX-Api-Key: k\r\nAccept: */*\r\n\r\n';

describe('the same lines again', () => {
  it('are the same headers from the third request on, with another line before them', () => {
    const parse = connection();
    parse(`GET /1 HTTP/1.1\r\n${plain}`);
    const second = parse(`GET /2 HTTP/1.1\r\n${plain}`).request;
    const third = parse(`DELETE /3?x HTTP/1.1\r\n${plain}`);
    expect(third.request?.headers).toBe(second?.headers);
    expect(third).toMatchObject({
      result: 0,
      request: { method: 'DELETE', target: '/3?x', host: 'a.example', keepAlive: true, hasBody: false },
      headEnd: `DELETE /3?x HTTP/1.1\r\n${plain}`.length,
    });
  });

  it('leave what follows them alone', () => {
    const parse = connection();
    for (const path of ['/1', '/2', '/3']) {
      const head = `GET ${path} HTTP/1.1\r\n${plain}`;
      expect(parse(`${head}GET /smuggled HTTP/1.1\r\n`).headEnd).toBe(head.length);
    }
  });

  // What two heads in a row must not lend each other.
  const others: [string, string, string][] = [
    ['another version', `GET / HTTP/1.1\r\n${plain}`, `GET / HTTP/1.0\r\n${plain}`],
    ['one byte in a value', `GET / HTTP/1.1\r\n${plain}`, `GET / HTTP/1.1\r\n${plain.replace(': k', ': l')}`],
    ['the case of a name', `GET / HTTP/1.1\r\n${plain}`, `GET / HTTP/1.1\r\n${plain.replace('X-Api', 'x-api')}`],
    [
      'one line more',
      `GET / HTTP/1.1\r\n${plain}`,
      `GET / HTTP/1.1\r\n${plain.replace('\r\n\r\n', '\r\nA: b\r\n\r\n')}`,
    ],
    ['one line less', `GET / HTTP/1.1\r\n${plain}`, 'GET / HTTP/1.1\r\nHost: a.example\r\nX-Api-Key: k\r\n\r\n'],
    ['a body', `POST / HTTP/1.1\r\n${plain}`, `POST / HTTP/1.1\r\nContent-Length: 2\r\n${plain}`],
    ['a malformed line', `GET / HTTP/1.1\r\n${plain}`, `GET / HTTP/1.1\r\n${plain.replace('\r\nA', '\nA')}`],
    ['no end yet', `GET / HTTP/1.1\r\n${plain}`, `GET / HTTP/1.1\r\n${plain.slice(0, -1)}`],
    ['another host in the line', `GET / HTTP/1.1\r\n${plain}`, `GET http://b.example/ HTTP/1.1\r\n${plain}`],
    ['CONNECT', `GET / HTTP/1.1\r\n${plain}`, `CONNECT a:1 HTTP/1.1\r\n${plain}`],
  ];

  it.each(others)('but not with %s', (_what, before, after) => {
    const parse = connection();
    for (let times = 0; times < 3; times += 1) parse(before);
    const { request, ...facts } = parse(after);
    const { request: expected, ...expectedFacts } = alone(after);
    if (facts.result === 0) expect(request).toEqual({ ...expected, receivedAt: expect.any(Number) });
    expect(facts.result).toBe(expectedFacts.result);
    if (facts.result === 2) expect(facts.refusal).toEqual(expectedFacts.refusal);
  });

  it('ask for a WebSocket only with GET', () => {
    const upgrade = `Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`;
    const parse = connection();
    for (let times = 0; times < 3; times += 1)
      expect(parse(`GET / HTTP/1.1\r\n${upgrade}`).request?.asksForWebSocket).toBe(true);
    expect(parse(`HEAD / HTTP/1.1\r\n${upgrade}`).request?.asksForWebSocket).toBe(false);
  });

  it('do not stretch the limit of a head', () => {
    const parse = connection({ ...TRANSPORT_LIMITS, headBytesMax: 100 });
    for (let times = 0; times < 3; times += 1) expect(parse(`GET / HTTP/1.1\r\n${plain}`).result).toBe(0);
    expect(parse(`GET /${'x'.repeat(60)} HTTP/1.1\r\n${plain}`)).toMatchObject({ result: 2, refusal: { status: 431 } });
  });
});

it('a caller whose lines are others each time is not compared with for ever, and nothing of his is kept', () => {
  const parse = connection();
  const known = (head: string) => parse(head).request?.headers;
  for (let times = 0; times < 12; times += 1) known(`GET / HTTP/1.1\r\nHost: a\r\nX: ${times}\r\n\r\n`);
  expect(known(`GET / HTTP/1.1\r\n${plain}`)).not.toBe(known(`GET / HTTP/1.1\r\n${plain}`));
  expect(known(`GET / HTTP/1.1\r\n${plain}`)).not.toBe(known(`GET / HTTP/1.1\r\n${plain}`));
});

/** Lines that another parser could take for each other, and some about the length that is kept. */
const line = fc.oneof(
  fc.constantFrom('Host: b', 'host:  a ', 'Content-Length: 5', 'Content-Length: 50', 'Transfer-Encoding: chunked'),
  fc.constantFrom('Connection: close', 'Connection: upgrade', 'Upgrade: websocket', 'Expect: 100-continue', ' folded'),
  fc.constantFrom('Authorization: Bearer a', 'Authorization: Bearer b', 'Authorization: Bearer ab', 'X:', 'X: \x01'),
  fc.integer({ min: 2030, max: 2045 }).map((length) => `X: ${'y'.repeat(length)}`),
);
const fields = fc.array(line, { maxLength: 4 }).map((lines) => `${['Host: a', ...lines].join('\r\n')}\r\n\r\n`);
const requestLine = fc.constantFrom(
  'GET / HTTP/1.1',
  'GET /x HTTP/1.0',
  'POST http://a/ HTTP/1.1',
  'CONNECT a HTTP/1.1',
);
const sent = fc.tuple(fields, fields, fc.array(fc.tuple(requestLine, fc.boolean(), fc.nat(200)), { maxLength: 12 }));

it('whatever comes, however it is cut: the same as on a connection that knows nothing', () => {
  fc.assert(
    fc.property(sent, ([one, other, requests]) => {
      const [parser, peer] = [
        new RequestHeadParser(TRANSPORT_LIMITS),
        { ...PEER, knownFields: new KnownFields(new LinesOfPeers(), PEER) },
      ];
      for (const [first, isOther, cut] of requests) {
        const head = `${first}\r\n${isOther ? other : one}`;
        const bytes = Buffer.from(`${head}GET /next HTTP/1.1\r\n`, 'latin1');
        const some = parser.parse(bytes, 0, Math.min(cut, bytes.length), peer);
        const result = some === INCOMPLETE ? parser.parse(bytes, 0, bytes.length, peer) : some;
        const expected = new RequestHeadParser(TRANSPORT_LIMITS);
        expect(result).toBe(expected.parse(bytes, 0, bytes.length, PEER));
        if (result !== 0) {
          expect(parser.refusal).toEqual(expected.refusal);
          return;
        }
        const { known: _, receivedAt: __, ...request } = parser.request ?? {};
        expect({ request, headEnd: parser.headEnd }).toMatchObject({ headEnd: expected.headEnd });
        expect(expected.request).toMatchObject(request);
      }
    }),
    { numRuns: 1000 },
  );
});
