import { expect, it } from 'vitest';
import { KnownFields } from './known-fields.ts';
import { LinesOfPeers } from './lines-of-peers.ts';
import { type PeerFacts, RequestHeadParser } from './request-head-parser.ts';
import { callRaw, openTransport } from './transport.fixture.ts';
import { TRANSPORT_LIMITS } from './transport-limits.ts';

const PEER = { remoteAddress: '192.0.2.1', encrypted: false };
const LINES = 'Host: a.example\r\nX-Api-Key: k\r\n\r\n';

function connection(shared: LinesOfPeers, facts: PeerFacts = PEER) {
  const parser = new RequestHeadParser(TRANSPORT_LIMITS);
  const peer = { ...facts, knownFields: new KnownFields(shared, facts) };
  const ask = (lines = LINES, version = '1.1') => {
    const bytes = Buffer.from(`GET / HTTP/${version}\r\n${lines}`, 'latin1');
    parser.parse(bytes, 0, bytes.length, peer);
    return parser.request;
  };
  const askOften = (...request: Parameters<typeof ask>) => {
    for (let times = 0; times < 3; times += 1) ask(...request);
    return ask(...request);
  };
  return { ask, askOften, end: () => peer.knownFields.end() };
}

it('connections of one peer that repeat the same lines have the same headers', () => {
  const shared = new LinesOfPeers();
  const [one, other] = [connection(shared), connection(shared)];
  const { headers } = one.askOften() ?? {};
  expect(other.ask()?.known).toBeUndefined();
  expect(other.ask()?.known).toBeUndefined();
  expect(other.ask()).toMatchObject({ known: { headers }, host: 'a.example' });
  expect(other.ask()?.headers).toBe(headers);
  expect(shared.size).toBe(1);
});

it.each<[string, PeerFacts, string?, string?]>([
  ['another address', { ...PEER, remoteAddress: '192.0.2.2' }],
  ['another way in', { ...PEER, encrypted: true }],
  ['another version', PEER, LINES, '1.0'],
  ['another value', PEER, LINES.replace(': k', ': l')],
  ['a name in another case', PEER, LINES.replace('X-', 'x-')],
])('but not those with %s', (_what, facts, ...request) => {
  const shared = new LinesOfPeers();
  const one = connection(shared).askOften();
  const other = connection(shared, facts).askOften(...request);
  expect(other?.headers).not.toBe(one?.headers);
  expect(other).toEqual({
    ...connection(new LinesOfPeers(), facts).askOften(...request),
    receivedAt: expect.any(Number),
  });
  expect(shared.size).toBe(2);
});

it('lines are kept as long as one connection repeats them', () => {
  const shared = new LinesOfPeers();
  const connections = [connection(shared), connection(shared)] as const;
  for (const { askOften } of connections) askOften();
  connections[0].ask(LINES.replace(': k', ': l'));
  expect(shared.size).toBe(2);
  connections[1].end();
  connections[1].end();
  expect(shared.size).toBe(1);
  connections[0].end();
  expect(shared.size).toBe(0);
});

it('nothing is left of a caller who has gone', async () => {
  const transport = await openTransport({ decide: (_head, _forward, answer) => answer(200) });
  const often = `GET / HTTP/1.1\r\n${LINES}`.repeat(3);
  const [one, other] = [callRaw(transport.port, often), callRaw(transport.port, often)];
  await transport.ended(6);
  expect(transport.stats().knownLines).toBe(1);
  one.socket.destroy();
  await expect.poll(() => transport.stats().connections).toBe(1);
  expect(transport.stats().knownLines).toBe(1);
  other.socket.destroy();
  await expect.poll(() => transport.stats().connections).toBe(0);
  expect(transport.stats().knownLines).toBe(0);
});
