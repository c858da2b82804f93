import type { Api } from './client-directory.ts';
import { IDENTITY_SCOPES } from './scope.ts';

/** Scopes as people read them. */
export function describeScopes(scopes: readonly string[], api: Api | undefined) {
  return scopes.map((scope) => ({
    scope,
    description: IDENTITY_SCOPES.get(scope) ?? api?.scopes.get(scope) ?? scope,
  }));
}
