import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MALFORMED_CASES } from './malformed.cases.ts';
import {
  callRaw,
  openEcho,
  openTransport,
  type RawUpstream,
  readMessage,
  statusOf,
  type TransportUnderTest,
} from './transport.fixture.ts';

let upstream: RawUpstream;
let transport: TransportUnderTest;

beforeAll(async () => {
  upstream = await openEcho();
  transport = await openTransport({ upstreamPort: upstream.port, limits: { lingerMilliseconds: 50 } });
});

afterAll(async () => {
  await transport.drain(1_000);
  await upstream.close();
});

describe('requests as raw bytes', () => {
  it('number more than a hundred and fifty', () => {
    expect(MALFORMED_CASES.length).toBeGreaterThan(150);
  });

  it.each(MALFORMED_CASES)('$name', async ({ send, expect: expected }) => {
    const caller = callRaw(transport.port, send);
    const text = await caller.until((received) => readMessage(received) !== undefined);
    const message = readMessage(text);
    if (typeof expected === 'number') {
      expect({ status: statusOf(message), connection: message?.headers.connection }).toEqual({
        status: expected,
        connection: 'close',
      });
      expect(message?.headers['x-refused']).toBe('yes');
      expect(await caller.closed).toBe('end');
    } else {
      expect(statusOf(message)).toBe(200);
      expect(message?.body.replace(/host: [^\r]*\r\n/, '')).toBe(expected);
      // Nothing is left over that could become another request.
      expect(readMessage(text.slice(message?.end))).toBeUndefined();
      caller.socket.destroy();
    }
  });

  it('leave nothing behind', async () => {
    expect(transport.stats().exchanges).toBe(0);
  });
});
