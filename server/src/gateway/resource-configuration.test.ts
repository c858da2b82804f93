import { expect, test } from 'vitest';
import { weatherRoute } from './gateway.fixture.ts';
import { apiDocumentSchema } from './openapi/document-spec.ts';
import { resourceConfiguration } from './resource-configuration.ts';
import { upstreamSchema } from './upstreams/upstream-spec.ts';

/** A snapshot of one kind. */
function followed<Spec>(kind: string, specs: Record<string, Spec>) {
  return {
    tenants: () => ['ten_a'],
    all: (tenantId: string) =>
      Object.entries(specs).map(([name, spec]) => ({
        tenantId,
        kind,
        id: name,
        name,
        spec,
        version: 1,
        createdAt: 7,
        updatedAt: 8,
        builtIn: false,
      })),
  };
}

test('routes, APIs and plans of each tenant, and their changes until told to stop', () => {
  const routes = followed('route', { weather: weatherRoute.spec });
  const apis = followed('api', { weather: { audience: 'https://weather.test' } });
  const plans = followed('plan', { free: { limits: [{ requests: 1, perSeconds: 1 }] } });
  const listeners = new Set<() => void>();
  const onChange = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const spec = upstreamSchema.parse({ targets: [{ url: 'http://a.test' }] });
  const upstreams = followed('upstream', { orders: spec });
  const description = apiDocumentSchema.parse({ api: 'weather', document: { openapi: '3.1.0' } });
  const documents = followed('api_document', { weather: description });
  const source = resourceConfiguration({ routes, apis, plans, upstreams, documents, onChange, hostsOf: () => '*' });
  expect(source.load()).toEqual({
    tenants: [
      {
        tenantId: 'ten_a',
        hosts: '*',
        routes: [{ name: 'weather', spec: weatherRoute.spec, createdAt: 7 }],
        apis: [{ name: 'weather', spec: { audience: 'https://weather.test' }, createdAt: 7 }],
        plans: [{ name: 'free', spec: { limits: [{ requests: 1, perSeconds: 1 }] }, createdAt: 7 }],
        upstreams: [{ name: 'orders', spec, createdAt: 7 }],
        documents: [{ name: 'weather', spec: description, createdAt: 7 }],
        sessions: [],
      },
    ],
  });
  let changes = 0;
  const stop = source.onChange(() => {
    changes += 1;
  });
  for (const listener of listeners) listener();
  expect(changes).toBe(1);
  stop();
  expect(listeners.size).toBe(0);
});
