import { expect, test } from 'vitest';
import { systemPrincipal } from '#base';
import type { Kind, SettleInput } from '#resources';
import type { Tx } from '#store';
import { routeSchema } from './route-spec.ts';
import { settleHashParameters } from './settle-hash-parameters.ts';
import { upstreamSchema } from './upstreams/upstream-spec.ts';

const never = {} as Tx;
const HASH = { by: 'path_parameter', name: 'id' };

/** What stands once a change is written: paths of routes to one upstream. What was changed is in `changed`, or everything. */
function settled(paths: readonly string[], { hash = HASH as object, changed = '', test: forTests = false } = {}) {
  const upstream = forTests ? { url: 'http://a.test', test: { name: 'pool' } } : { name: 'pool' };
  const kept: Record<string, unknown[]> = {
    route: paths.map((path) => ({
      name: path,
      spec: routeSchema.parse({ match: { path, methods: ['GET'] }, upstream }),
    })),
    upstream: [
      { name: 'pool', spec: upstreamSchema.parse({ targets: [{ url: 'http://a.test' }], hash }) },
      {
        name: 'other',
        spec: upstreamSchema.parse({ targets: [{ url: 'http://b.test' }], hash: { ...HASH, name: 'no' } }),
      },
    ],
  };
  const load = async ({ kind }: Kind) => kept[kind] ?? [];
  return settleHashParameters(never, {
    tenantId: 'ten_1',
    principal: systemPrincipal('ten_1', 'test'),
    at: 0,
    message: undefined,
    isChanged: ({ kind }, name) => changed === '' || changed === `${kind} ${name}`,
    load: load as SettleInput['load'],
  });
}

test.each<[string, ...Parameters<typeof settled>]>([
  ['the parameter of the path', ['/carts/{id}']],
  ['a rest of that name', ['/carts/{id+}']],
  ['beside it a path without any, and a bare rest', ['/carts', '/carts/{id}', '/files/*']],
  ['no route yet', []],
  ['another header than the path has parameters', ['/carts/{cart}'], { hash: { by: 'header', name: 'x-cart' } }],
  [
    'what was so before, when something else changes',
    ['/carts/{cart}', '/carts/{id}'],
    { changed: 'route /carts/{id}' },
  ],
])('stands: %s', async (_, ...input) => {
  await expect(settled(...input)).resolves.toBeUndefined();
});

test.each<[string, string, ...Parameters<typeof settled>]>([
  ['a parameter of another name', '/carts/{cart}', ['/carts/{cart}']],
  ['the same in capitals', '/carts/{ID}', ['/carts/{ID}']],
  ['one route of several', '/carts/{cart}/items', ['/carts/{id}', '/carts/{cart}/items']],
  ['no parameter in any path', '/carts', ['/carts', '/files/*']],
  ['the upstream for test keys', '/carts/{cart}', ['/carts/{cart}'], { test: true }],
  ['a change of the route alone', '/carts/{cart}', ['/carts/{cart}'], { changed: 'route /carts/{cart}' }],
  ['a change of the upstream alone', '/carts/{cart}', ['/carts/{cart}'], { changed: 'upstream pool' }],
])('refused: %s', async (_, path, ...input) => {
  const refused = settled(...input);
  await expect(refused).rejects.toMatchObject({ code: 'hash_parameter_missing', category: 'invalid_input' });
  await expect(refused).rejects.toThrow(`the path of the route "${path}", ${path}, has none of that name`);
});
