import type { DecisionReason } from '#base';

/**
 * One sentence for the caller. It names what is missing, which the API's documentation names too; never what the caller
 * has, what others have, or which policy spoke.
 */
export const SUMMARIES = {
  allowed: 'The call is allowed.',
  forbidden_by_policy: 'A policy forbids this call.',
  no_policy_permits: 'No policy permits this call.',
  principal_inactive: 'Whoever asks may not act at present.',
  nothing_grants: 'Nothing grants this call: the route requires no scope, no role and no policy, so it is closed.',
  engine_error: 'Whether this call is allowed could not be decided, so it is not. The operator can see why.',
} as const satisfies Partial<Record<DecisionReason, string>>;

/** `This call needs the scope `weather:read`, which the credential does not have.` */
export function describeMissingScopes(scopes: readonly string[]): string {
  const noun = scopes.length === 1 ? 'scope' : 'scopes';
  return `This call needs the ${noun} ${listOf(scopes, 'and')}, which the credential does not have.`;
}

/** Any one of the roles would do. */
export function describeMissingRoles(roles: readonly string[]): string {
  if (roles.length === 1) return `This call needs the role ${listOf(roles, 'or')}, which the caller does not have.`;
  return `This call needs one of the roles ${listOf(roles, 'or')}, and the caller has none of them.`;
}

function listOf(names: readonly string[], conjunction: string): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${conjunction} ${last}`;
}
