import { isObject, type Json, localPointer, placedAt } from './reference.ts';

/** What an OpenAPI document says of credentials and scopes. Nothing in it is fetched. */

/** The object itself, or the one in this document that it refers to, however often; undefined when it leads nowhere. */
export function resolveReference(document: unknown, value: unknown): Json | undefined {
  if (!isObject(value)) return undefined;
  if (value.$ref === undefined) return value;
  const pointer = localPointer(value.$ref);
  return pointer === undefined ? undefined : placedAt(document, pointer)?.value;
}

/** Credentials that the gateway reads for a scheme; or why it has none for it. */
export function acceptedOf(document: Json, name: string): { accepted: string[] } | string {
  const { components } = document;
  const schemes = isObject(components) ? components.securitySchemes : undefined;
  const scheme =
    isObject(schemes) && Object.hasOwn(schemes, name) ? resolveReference(document, schemes[name]) : undefined;
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
export function scopesOf(document: Json): Record<string, string> {
  const { components } = document;
  const schemes = isObject(components) && isObject(components.securitySchemes) ? components.securitySchemes : {};
  const found: [string, string][] = [];
  for (const value of Object.values(schemes)) {
    const scheme = resolveReference(document, value);
    const flows = isObject(scheme?.flows) ? Object.values(scheme.flows) : [];
    for (const flow of flows) {
      if (!isObject(flow) || !isObject(flow.scopes)) continue;
      for (const [scope, text] of Object.entries(flow.scopes)) found.push([scope, String(text).slice(0, 500) || scope]);
    }
  }
  return Object.fromEntries(found);
}
