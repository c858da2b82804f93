import { describe, expect, test } from 'vitest';
import { checkUpstream, upstreamSchema } from './upstream-spec.ts';

const a = { url: 'http://a.test:8080' };
const b = { url: 'http://b.test:8080' };

test('defaults', () => {
  const spec = upstreamSchema.parse({ targets: [a, b] });
  expect(checkUpstream(spec)).toEqual([]);
  expect(spec).toMatchObject({
    balance: 'least_loaded',
    retries: { most: 1, budget: 0.2 },
    ejection: { shareMax: 0.5 },
  });
});

describe('refused by the schema', () => {
  test.for([
    ['no target', { targets: [] }],
    ['no url', { targets: [{ weight: 1 }] }],
    ['another protocol', { targets: [{ url: 'ftp://a.test' }] }],
    ['no weight', { targets: [{ ...a, weight: 0 }] }],
    ['half a weight', { targets: [{ ...a, weight: 0.5 }] }],
    ['another balance', { targets: [a], balance: 'random' }],
    ['a health path without a slash', { targets: [a], health: { path: 'healthz' } }],
    ['a health path that splits the request', { targets: [a], health: { path: '/a b\r\nx: y' } }],
    ['a health check all the time', { targets: [a], health: { path: '/', intervalSeconds: 0 } }],
    ['more than everything ejected', { targets: [a], ejection: { shareMax: 1.1 } }],
    ['six retries', { targets: [a], retries: { most: 6 } }],
    ['a status that says to wait tried again', { targets: [a], retries: { statuses: [429] } }],
    ['no status tried again', { targets: [a], retries: { statuses: [] } }],
    ['a hash by everybody', { targets: [a], hash: { by: 'route' } }],
    ['a budget of two', { targets: [a], retries: { budget: 2 } }],
    ['no time to connect', { targets: [a], timeouts: { connectSeconds: 0 } }],
    ['an unknown field', { targets: [a], sticky: true }],
    ['65 targets', { targets: Array.from({ length: 65 }, (_, n) => ({ url: `http://t${n}.test` })) }],
  ] as const)('%s', ([, spec]) => {
    expect(upstreamSchema.safeParse(spec).success).toBe(false);
  });
});

describe('refused by the check', () => {
  test.for([
    ['a password', { targets: [{ url: 'http://u:p@a.test' }] }, 'targets.0.url'],
    ['a query', { targets: [{ url: 'http://a.test/?x=1' }] }, 'targets.0.url'],
    ['one target twice', { targets: [a, a] }, 'targets.1.url'],
    ['two base paths', { targets: [{ url: 'http://a.test/v1' }, { url: 'http://b.test/v2' }] }, 'targets.1.url'],
    ['a hash by a header without its name', { targets: [a], hash: { by: 'header' } }, 'hash.name'],
    ['a hash by a header in capitals', { targets: [a], hash: { by: 'header', name: 'X-A' } }, 'hash.name'],
    ['a hash by a parameter in braces', { targets: [a], hash: { by: 'path_parameter', name: '{id}' } }, 'hash.name'],
    ['a hash by an address with a name', { targets: [a], hash: { by: 'ip', name: 'x-a' } }, 'hash.name'],
    ['one status twice', { targets: [a], retries: { statuses: [503, 503] } }, 'retries.statuses'],
    ['a status with gRPC', { targets: [a], protocol: 'grpc', retries: { statuses: [503] } }, 'retries.statuses'],
    [
      'a total shorter than connecting',
      { targets: [a], timeouts: { totalSeconds: 1, connectSeconds: 5 } },
      'timeouts.totalSeconds',
    ],
    [
      'a check longer than its interval',
      { targets: [a], health: { path: '/', intervalSeconds: 1, timeoutSeconds: 2 } },
      'health.timeoutSeconds',
    ],
  ] as const)('%s', ([, spec, path]) => {
    expect(checkUpstream(upstreamSchema.parse(spec)).map((error) => error.path)).toEqual([path]);
  });
});
