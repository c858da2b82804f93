/** Every code a warning can have, and what it says in a few words. Explained in docs/guides/resources.md, held by a test. */
export const WARNING_CODES = {
  scope_undeclared: 'a scope that no API declares',
  role_unknown: 'a role that nobody can hold',
  nobody_permitted: 'a route that no policy permits to anybody',
  parameter_unknown: 'a path parameter that no route has',
  action_unknown: 'an action that no route uses, one letter from one that a route does',
  route_unknown: 'a route that there is not',
} as const;

export type WarningCode = keyof typeof WARNING_CODES;
