import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERMISSION_PATTERN, permissionSet } from './permissions.ts';

describe('which permissions a set includes', () => {
  const cases: [held: string[], permission: string, included: boolean][] = [
    [['*'], 'routes:write', true],
    [['*'], 'weather:city:read', true],
    [['*'], '*', true],
    [['*'], '', false],
    [['routes:*'], 'routes:write', true],
    [['routes:*'], 'routes:*', true],
    [['routes:*'], 'keys:write', false],
    [['routes:*'], '*', false],
    [['routes:*'], '*:read', false],
    [['routes:*'], 'routes', false],
    [['routes:*'], 'routes:', false],
    [['routes:*'], 'routes:a:b', false],
    [['*:read'], 'routes:read', true],
    [['*:read'], 'routes:write', false],
    [['*:read'], '*:*', false],
    [['*:*'], '*', false],
    [['*:*'], 'routes:*', true],
    [['routes:read', 'routes:write'], 'routes:write', true],
    [['routes:read', 'routes:write'], 'routes:*', false],
    [['routes:read'], 'routes:readx', false],
    [['routes:read'], 'ROUTES:READ', false],
    [[], 'routes:read', false],
    [[], '*', false],
    [[''], '', false],
  ];
  it.each(cases)('%j and %s: %s', (held, permission, included) => {
    expect(permissionSet(held).includes(permission)).toBe(included);
  });

  it('whoever holds a pattern holds everything that is granted by what it covers', () => {
    const segment = fc.constantFrom('a', 'b', '*');
    const pattern = fc.oneof(
      fc.constant('*'),
      fc.tuple(segment, segment).map((parts) => parts.join(':')),
    );
    fc.assert(
      fc.property(
        fc.array(pattern),
        pattern,
        fc.constantFrom('a:a', 'a:b', 'b:a', 'b:b'),
        (held, handedOut, permission) => {
          const issuer = permissionSet(held);
          fc.pre(issuer.includes(handedOut) && permissionSet([handedOut]).includes(permission));
          expect(issuer.includes(permission)).toBe(true);
        },
      ),
    );
  });
});

it.each(['*', 'routes:read', 'routes:*', '*:read', 'api_keys:read', 'weather:city:read', 'signing-keys:rotate'])(
  '%s is a pattern',
  (text) => expect(text).toMatch(PERMISSION_PATTERN),
);
it.each([
  '',
  'routes',
  '**',
  'routes:',
  ':read',
  'routes:re*d',
  'Routes:read',
  'a b:c',
  'routes::read',
  'routes:read\n',
])('%j is none', (text) => expect(text).not.toMatch(PERMISSION_PATTERN));
