import { describe, expect, it } from 'vitest';
import { RESPONSE_CASES } from './responses.cases.ts';
import { callRaw, openTransport, openUpstream, readMessage, statusOf } from './transport.fixture.ts';

const withoutDate = (text: string) => text.replace(/date: [^\r]*\r\n/i, '');

describe('responses as raw bytes', () => {
  it.each(RESPONSE_CASES)(
    '$name',
    async ({ send, closes, method = 'GET', version = '1.1', expect: expected, kept }) => {
      const upstream = await openUpstream((socket) => {
        if (closes) socket.end(send, 'latin1');
        else socket.write(send, 'latin1');
      });
      const transport = await openTransport({ upstreamPort: upstream.port });
      try {
        const caller = callRaw(transport.port, `${method} / HTTP/${version}\r\nHost: a\r\n\r\n`);
        const [outcome] = await transport.ended(1);
        if (expected === 'cut') {
          expect(await caller.closed).toBe('reset');
          expect(outcome).toMatchObject({ status: 200, aborted: true });
          expect(outcome?.upstreamFailure).toBeDefined();
        } else if (expected === 502) {
          const text = await caller.until((received) => readMessage(received) !== undefined);
          expect(statusOf(readMessage(text))).toBe(502);
          expect(outcome).toMatchObject({ status: 502, aborted: false });
          expect(outcome?.upstreamFailure).toBe(closes ? 'reset' : 'bad_response');
        } else {
          await caller.until((received) => withoutDate(received).length >= expected.length);
          // Whatever else might come would come with this: the exchange is over.
          caller.socket.end();
          await caller.closed;
          expect(withoutDate(caller.received())).toBe(expected);
          expect(caller.received()).toMatch(/date: Thu, 01 Jan 2026 00:00:00 GMT\r\n/);
          expect(outcome).toMatchObject({
            status: Number(expected.split(/HTTP\/1.1 (?!1)/)[1]?.slice(0, 3)),
            aborted: false,
          });
        }
        expect(transport.stats()).toMatchObject({ exchanges: 0, upstreamConnections: kept ? 1 : expect.any(Number) });
      } finally {
        await transport.drain(500);
        await upstream.close();
      }
    },
  );

  it('number more than fifty', () => {
    expect(RESPONSE_CASES.length).toBeGreaterThan(50);
  });
});
