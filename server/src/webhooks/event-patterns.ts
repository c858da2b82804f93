/** `api_key.revoked`, `api_key.*`, or `*` for all there are. */
export const EVENT_PATTERN = /^(\*|[a-z][a-z_]{0,62}\.(\*|[a-z][a-z_]{0,62}))$/;

export function matchesPattern(pattern: string, type: string): boolean {
  if (pattern === '*' || pattern === type) return true;
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1));
}

export const matchesSome = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, type));

/** What a partner's developer sees of his own anyway. Everything else is what the audit log tells. */
const READ_WITH: Readonly<Record<string, string>> = {
  api_key: 'keys:read',
  quota: 'keys:read',
  client: 'clients:read',
  client_secret: 'clients:read',
  webhook: 'webhooks:read',
};

/** Whoever has events sent somewhere must be able to read them himself. */
export function permissionsToHear({
  events,
  details = false,
}: {
  events: readonly string[];
  details?: boolean | undefined;
}): string[] {
  if (details) return ['audit:read'];
  return [...new Set(events.map((pattern) => READ_WITH[pattern.split('.', 1)[0] ?? ''] ?? 'audit:read'))].sort();
}
