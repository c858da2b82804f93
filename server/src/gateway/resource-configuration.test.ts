import { expect, test } from 'vitest';
import { weatherRoute } from './gateway.fixture.ts';
import { resourceConfiguration } from './resource-configuration.ts';

/** A snapshot of one kind, with a way to say that it changed. */
function followed<Spec>(kind: string, specs: Record<string, Spec>) {
  const listeners = new Set<(tenantIds: readonly string[]) => void>();
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
    onChange(listener: (tenantIds: readonly string[]) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change: () => {
      for (const listener of listeners) listener(['ten_a']);
    },
    listeners,
  };
}

test('routes, APIs and plans of each tenant, and their changes until told to stop', () => {
  const routes = followed('route', { weather: weatherRoute.spec });
  const apis = followed('api', { weather: { audience: 'https://weather.test' } });
  const plans = followed('plan', { free: { limits: [{ requests: 1, perSeconds: 1 }] } });
  const source = resourceConfiguration({ routes, apis, plans, hostsOf: () => '*' });
  expect(source.load()).toEqual({
    tenants: [
      {
        tenantId: 'ten_a',
        hosts: '*',
        routes: [{ name: 'weather', spec: weatherRoute.spec, createdAt: 7 }],
        apis: [{ name: 'weather', spec: { audience: 'https://weather.test' }, createdAt: 7 }],
        plans: [{ name: 'free', spec: { limits: [{ requests: 1, perSeconds: 1 }] }, createdAt: 7 }],
      },
    ],
  });
  let changes = 0;
  const stop = source.onChange(() => {
    changes += 1;
  });
  for (const kind of [routes, apis, plans]) kind.change();
  expect(changes).toBe(3);
  stop();
  for (const kind of [routes, apis, plans]) expect(kind.listeners.size).toBe(0);
});
