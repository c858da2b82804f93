import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import {
  applyResources,
  exportResources,
  exportToYaml,
  kindRegistry,
  openResourceSnapshot,
  readYamlDocuments,
  resourcesMigrations,
  systemCaller,
} from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore } from '#testing';
import { forwarded, head, KEY, openFixture, seen } from './gateway.fixture.ts';
import { resourceConfiguration } from './resource-configuration.ts';
import { routeKind } from './route-kind.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, resourcesMigrations]);
});
afterAll(() => store.close());

const kinds = kindRegistry([routeKind]);
const caller = systemCaller(DEFAULT_TENANT_ID, 'test');
const routeText = (name: string, path: string, more = '') => `kind: route
name: ${name}
spec:
  match: { path: "${path}", methods: [GET] }
  authorize: { scopes: [weather:read] }
  upstream: { url: http://${name}.test }
${more}`;

test('routes are applied, refused when ambiguous, exported as they are, and take effect at once', async () => {
  const deps = { store, clock: fixedClock(), random: seededRandom() };
  const apply = (...texts: string[]) =>
    applyResources(deps, { caller, documents: readYamlDocuments(kinds, texts.join('---\n'), { file: 'routes.yaml' }) });
  const routes = await openResourceSnapshot({ store }, routeKind);
  const none = { tenants: () => [], all: () => [] };
  const { onChange } = routes;
  const { gateway } = openFixture({
    deps: {
      configuration: resourceConfiguration({
        routes,
        apis: none,
        plans: none,
        upstreams: none,
        documents: none,
        onChange,
        hostsOf: () => '*',
      }),
    },
  });
  const ask = () => gateway.handler(head('/weather/paris', { credential: KEY }));
  expect(seen(await ask()).status).toBe(404);

  await apply(routeText('weather', '/weather/{city}'));
  await store.changes.caughtUp();
  expect(forwarded(await ask()).upstream.origin).toBe('http://weather.test');

  deps.clock.advance(1);
  await expect(apply(routeText('other', '/weather/{place}'))).rejects.toMatchObject({
    code: 'resources_conflict',
    fields: [{ file: 'routes.yaml', line: 4, message: expect.stringContaining('routes "weather" and "other"') }],
  });
  await apply(routeText('other', '/weather/{place}', '  priority: 1\n'));
  await store.changes.caughtUp();
  expect(forwarded(await ask()).upstream.origin).toBe('http://other.test');

  const { documents } = await exportResources(deps, { caller, kinds: kinds.all });
  const text = exportToYaml(kinds.all, documents);
  const again = await applyResources(deps, { caller, documents: readYamlDocuments(kinds, text) });
  expect(again.changes.map(({ action }) => action)).toEqual(['unchanged', 'unchanged']);
  routes.close();
  gateway.close();
});
