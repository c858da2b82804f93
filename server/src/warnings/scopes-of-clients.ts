import { apiKind, clientKind, clientRegistrationPolicyKind, IDENTITY_SCOPES } from '#oauth';
import type { Finding, Kind, WarningCheck, World } from '#resources';
import { hint, scopesOfApis } from './api-scopes.ts';
import type { WarningCode } from './codes.ts';

interface Asker {
  scopes: readonly string[];
  apis: readonly string[];
}

/** A client gets what it asks for ∩ what its APIs know (RFC 6749 §3.3): a scope that none of them knows it never gets. */
export const scopesOfClients: WarningCheck = {
  reads: [clientKind, apiKind],
  find: (world) => unknownTo(world, clientKind, 'its'),
};

export const scopesOfRegisteredClients: WarningCheck = {
  reads: [clientRegistrationPolicyKind, apiKind],
  find: (world) => unknownTo(world, clientRegistrationPolicyKind, 'these'),
};

function unknownTo<Spec extends Asker>(world: World, kind: Kind<Spec>, whose: string): Finding[] {
  const byApi = scopesOfApis(world);
  return world.all(kind).flatMap(({ name, spec }) => {
    const isKnown = (scope: string) =>
      IDENTITY_SCOPES.has(scope) || spec.apis.some((api) => byApi.get(api)?.has(scope));
    return spec.scopes.flatMap((scope, index): Finding[] => {
      if (isKnown(scope)) return [];
      const message = () => {
        const known = [...IDENTITY_SCOPES.keys(), ...spec.apis.flatMap((api) => [...(byApi.get(api) ?? [])])];
        return `none of ${whose} APIs${listed(spec.apis)} declares the scope "${scope}", so it is never given; ${hint(scope, known, 'declare it in one of them, name another API in `apis`, or leave it out')}`;
      };
      return [
        { code: 'scope_undeclared' satisfies WarningCode, kind, name, path: `scopes.${index}`, about: scope, message },
      ];
    });
  });
}

const NAMED_MAX = 5;

function listed(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > NAMED_MAX ? ', …' : '';
  return ` (${names
    .slice(0, NAMED_MAX)
    .map((name) => `"${name}"`)
    .join(', ')}${more})`;
}
