import { expect, test } from 'vitest';
import { importWarnings } from './import-warnings.ts';

const route = (name: string, spec: object) => ({ kind: 'route', name, spec });
const guarded = { authenticate: ['api_key'], authorize: { scopes: ['pets:read'] } };
const standing = (name: string, document?: string) => ({
  name,
  spec:
    document === undefined
      ? {}
      : { openapi: { document, validate: 'enforce' as const, multipart: 'check' as const, bodyBytesMax: 1 } },
});

test('nothing to say of routes that ask for a scope and are all described', () => {
  const resources = [route('pets-get', guarded), { kind: 'api', name: 'pets', spec: {} }];
  expect(importWarnings({ resources }, 'pets', [standing('pets-get', 'pets'), standing('other')])).toEqual([]);
});

test('what is open, what waits for a policy, what is left of the import before', () => {
  const resources = [
    route('pets-get', guarded),
    route('pets-health', { authenticate: ['anonymous'] }),
    route('pets-add', { authenticate: ['api_key'], authorize: { scopes: [], policies: 'required' } }),
  ];
  const there = [standing('pets-old', 'pets'), standing('pets-by-hand'), standing('orders-old', 'orders')];
  expect(importWarnings({ resources }, 'pets', there)).toEqual([
    { code: 'open', routes: ['pets-health'] },
    { code: 'policy_needed', routes: ['pets-add'] },
    { code: 'left_over', routes: ['pets-old'] },
  ]);
});
