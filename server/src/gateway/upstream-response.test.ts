import { describe, expect, test } from 'vitest';
import { upstreamFailureOf, withoutHopByHop } from './upstream-response.ts';

describe('upstream response', () => {
  test('loses what was for one connection, and what the gateway says itself', () => {
    const received = [
      'Date',
      'now',
      'Connection',
      'close, X-Hop',
      'X-Hop',
      '1',
      'Keep-Alive',
      'timeout=5',
      'Transfer-Encoding',
      'chunked',
      'RateLimit',
      'theirs',
      'Set-Cookie',
      'a',
      'Set-Cookie',
      'b',
    ];
    expect(withoutHopByHop(received, ['ratelimit', 'ours'])).toEqual([
      'date',
      'now',
      'set-cookie',
      'a',
      'set-cookie',
      'b',
      'ratelimit',
      'ours',
    ]);
  });

  test('loses what the rules of the route remove, and keeps its own beside what they append', () => {
    const rules = {
      removed: ['access-control-allow-origin'],
      appended: ['vary', 'Origin'],
      defaults: [],
      privateByDefault: false,
    };
    const received = ['Access-Control-Allow-Origin', '*', 'Vary', 'Accept', 'A', 'b'];
    expect(withoutHopByHop(received, [], rules)).toEqual(['vary', 'Accept', 'a', 'b', 'vary', 'Origin']);
  });

  test.each([
    ['ECONNREFUSED', 'connect'],
    ['ENOTFOUND', 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'connect'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'connect'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'connect'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'connect'],
    ['CERT_HAS_EXPIRED', 'connect'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ECONNRESET', 'reset'],
    ['HPE_INVALID_CONSTANT', 'bad_response'],
    ['UND_ERR_HEADERS_OVERFLOW', 'bad_response'],
    ['SOMETHING_NEW', 'reset'],
  ] as const)('%s is %s', (code, kind) => {
    const error = Object.assign(new Error('x'), { code });
    expect(upstreamFailureOf(error)).toBe(kind);
    expect(upstreamFailureOf(new AggregateError([error]))).toBe(kind);
  });
});
