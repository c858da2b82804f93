import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { EngineExhausted, withCedarEngine } from './cedar-engine.ts';
import { parsePolicies } from './parse-policies.ts';

const loaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('cedar-wasm'));

it('loads the official engine when a policy is parsed, and not before', () => {
  expect(loaded()).toBe(false);
  expect(parsePolicies('permit(principal, action, resource);').ok).toBe(true);
  expect(loaded()).toBe(true);
});

it('throws an instance away that has failed', () => {
  const first = withCedarEngine((engine) => engine);
  expect(() =>
    withCedarEngine(() => {
      throw new RangeError('memory access out of bounds');
    }),
  ).toThrow(EngineExhausted);
  const second = withCedarEngine((engine) => engine);
  expect(second).not.toBe(first);
  expect(second.getCedarLangVersion()).toMatch(/^4\./);
});
