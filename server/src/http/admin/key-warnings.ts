import { apiKind } from '#oauth';
import { type Caller, nearMisses, readPermission } from '#resources';

/** The APIs as they are now: a `ResourceSnapshot` of the API kind. */
export interface DeclaredApis {
  all(tenantId: string): readonly { readonly spec: { readonly scopes: Readonly<Record<string, string>> } }[];
}

interface KeyWarning {
  code: 'scope_undeclared';
  path: string;
  message: string;
}

/**
 * Scopes of keys need no declaration: services may have words of their own. One letter from a declared one, it is that which
 * was meant. Names of scopes are told to who may read them.
 */
export function warnOfScopes(apis: DeclaredApis, caller: Caller, scopes: readonly string[]): KeyWarning[] {
  const { tenantId, organizationId } = caller.principal;
  if (scopes.length === 0 || organizationId !== undefined || !caller.holds(readPermission(apiKind))) return [];
  const meant = nearMisses(apis.all(tenantId).flatMap(({ spec }) => Object.keys(spec.scopes)));
  return scopes.flatMap((scope, index): KeyWarning[] => {
    const near = meant(scope);
    if (near === undefined) return [];
    const message = `no API declares the scope "${scope}"; did you mean "${near}"? A key keeps its scopes: issue another, and revoke this one`;
    return [{ code: 'scope_undeclared', path: `scopes.${index}`, message }];
  });
}
