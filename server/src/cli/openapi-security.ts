/** What an OpenAPI document says of credentials and scopes. Nothing in it is fetched. */

const REFERENCES_MAX = 16;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object itself, or the one in this document that it refers to, however often; undefined when it leads nowhere. */
export function resolveReference(document: unknown, value: unknown): Record<string, unknown> | undefined {
  let found = value;
  for (let step = 0; step <= REFERENCES_MAX; step += 1) {
    if (!isRecord(found)) return undefined;
    const { $ref: reference } = found;
    if (reference === undefined) return found;
    // An address would have to be fetched, and could be anywhere.
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
    found = at(document, reference);
  }
  return undefined;
}

/** RFC 6901, as a fragment. */
function at(document: unknown, reference: string): unknown {
  let found = document;
  for (const part of reference.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

/** Credentials that the gateway reads for a scheme; or why it has none for it. */
export function acceptedOf(document: Record<string, unknown>, name: string): { accepted: string[] } | string {
  const { components } = document;
  const schemes = isRecord(components) ? components.securitySchemes : undefined;
  const scheme =
    isRecord(schemes) && Object.hasOwn(schemes, name) ? resolveReference(document, schemes[name]) : undefined;
  if (scheme === undefined) return 'is not described';
  switch (scheme.type) {
    case 'oauth2':
    case 'openIdConnect':
      return { accepted: ['access_token'] };
    case 'mutualTLS':
      return { accepted: ['client_certificate'] };
    case 'apiKey':
      return scheme.in === 'header' && String(scheme.name).toLowerCase() === 'x-api-key'
        ? { accepted: ['api_key'] }
        : 'is an API key elsewhere than in the header X-API-Key, where alone the gateway reads it';
    case 'http':
      return String(scheme.scheme).toLowerCase() === 'bearer'
        ? { accepted: ['api_key', 'access_token'] }
        : 'is of an HTTP scheme that the gateway does not read';
    default:
      return 'is of a type that the gateway does not know';
  }
}

/** Scopes with their descriptions, of all flows of all OAuth schemes. */
export function scopesOf(document: Record<string, unknown>): Record<string, string> {
  const { components } = document;
  const schemes = isRecord(components) && isRecord(components.securitySchemes) ? components.securitySchemes : {};
  const found: [string, string][] = [];
  for (const value of Object.values(schemes)) {
    const scheme = resolveReference(document, value);
    const flows = isRecord(scheme?.flows) ? Object.values(scheme.flows) : [];
    for (const flow of flows) {
      if (!isRecord(flow) || !isRecord(flow.scopes)) continue;
      for (const [scope, text] of Object.entries(flow.scopes)) found.push([scope, String(text).slice(0, 500) || scope]);
    }
  }
  return Object.fromEntries(found);
}
