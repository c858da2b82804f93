import { expect, test } from 'vitest';
import { systemPrincipal } from '#base';
import type { Kind, SettleInput } from '#resources';
import type { Tx } from '#store';
import { routeSchema } from './route-spec.ts';
import { settleTokenTargets } from './settle-token-targets.ts';
import { upstreamSchema } from './upstreams/upstream-spec.ts';

const apiKind = { kind: 'api' } as Kind<{ audience: string; servedAt?: readonly string[] | undefined }>;
const never = {} as Tx;

/** What stands once a change is written. */
function settled(api: object, upstream: object, targets: object = {}) {
  const spec = { match: { path: '/orders', methods: ['GET'] }, api: 'orders', upstream };
  const kept: Record<string, unknown[]> = {
    api: [{ name: 'orders', spec: api }],
    route: [{ name: 'orders', spec: routeSchema.parse(spec) }],
    upstream: [{ name: 'pool', spec: upstreamSchema.parse({ targets: [{ url: 'http://a.test' }], ...targets }) }],
  };
  const load = async ({ kind }: Kind) => kept[kind] ?? [];
  return settleTokenTargets(apiKind)(never, {
    tenantId: 'ten_1',
    principal: systemPrincipal('ten_1', 'test'),
    at: 0,
    message: undefined,
    isChanged: () => true,
    load: load as SettleInput['load'],
  });
}

const url = { url: 'http://orders.test:8080/v1', accessToken: {} };
const pool = { name: 'pool', accessToken: {} };

test.each<[string, ...Parameters<typeof settled>]>([
  ['at its audience', { audience: 'http://orders.test:8080' }, url],
  ['where it says that it is served', { audience: 'urn:orders', servedAt: ['http://orders.test:8080'] }, url],
  [
    'at every target',
    { audience: 'urn:o', servedAt: ['http://a.test', 'http://b.test'] },
    pool,
    { targets: [{ url: 'http://a.test' }, { url: 'http://b.test' }] },
  ],
  ['anywhere, where no token goes', { audience: 'urn:orders' }, { url: 'http://evil.test' }],
])('stands: %s', async (_, ...input) => {
  await expect(settled(...input)).resolves.toBeUndefined();
});

test.each<[string, string, ...Parameters<typeof settled>]>([
  [
    'another host',
    'at http://evil.test',
    { audience: 'http://orders.test:8080' },
    { url: 'http://evil.test/v1', accessToken: {} },
  ],
  [
    'another host, for test keys',
    'at http://evil.test',
    { audience: 'http://orders.test:8080' },
    { ...url, test: { url: 'http://evil.test/v1' } },
  ],
  [
    'one target of the upstream for test keys',
    'at http://a.test',
    { audience: 'http://orders.test:8080' },
    { ...url, test: { name: 'pool' } },
  ],
  ['another port', 'at http://orders.test:8080', { audience: 'http://orders.test' }, url],
  [
    'a place that is taken from the list',
    'at http://orders.test:8080',
    { audience: 'http://orders.test:8080', servedAt: ['http://x.test'] },
    url,
  ],
  [
    'one target of an upstream',
    'at http://evil.test',
    { audience: 'http://a.test' },
    pool,
    { targets: [{ url: 'http://a.test' }, { url: 'http://evil.test' }] },
  ],
  [
    'a header that a secret takes',
    'Authorization',
    { audience: 'http://a.test' },
    pool,
    { secrets: [{ name: 'key', header: { name: 'authorization' } }] },
  ],
])('is refused: %s', async (_, told, ...input) => {
  await expect(settled(...input)).rejects.toMatchObject({
    code: 'upstream_token_misplaced',
    message: expect.stringContaining(told),
  });
});
