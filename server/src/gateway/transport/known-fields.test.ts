import { describe, expect, it } from 'vitest';
import { KnownFields } from './known-fields.ts';
import { RequestHeadParser } from './request-head-parser.ts';
import { TRANSPORT_LIMITS } from './transport-limits.ts';

const PEER = { remoteAddress: '192.0.2.1', encrypted: false };

/** Heads of one connection, one after the other. */
function connection(limits = TRANSPORT_LIMITS) {
  const parser = new RequestHeadParser(limits);
  const peer = { ...PEER, knownFields: new KnownFields() };
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
