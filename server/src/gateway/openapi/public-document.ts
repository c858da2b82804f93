import { METHODS } from './read-operations.ts';
import { below, isObject, type Json, placedAt } from './reference.ts';

/** Of a listed API, what whoever signs in to the portal may read. */
export interface DescribedApi {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly operations: readonly DescribedCall[];
}

export interface DescribedCall {
  readonly method: string;
  readonly path: string;
  readonly summary?: string;
  readonly scopes: readonly string[];
}

/** Their members are names that somebody chose, and not fields of OpenAPI. */
const NAMES = new Set([
  ...['properties', 'patternProperties', 'dependentSchemas', '$defs', 'mapping', 'variables', 'content', 'encoding'],
  ...['schemas', 'headers', 'responses', 'parameters', 'examples', 'requestBodies', 'securitySchemes', 'links'],
  ...['callbacks', 'pathItems', 'scopes', 'paths'],
]);
/** Values, which are what they are. */
const VALUES = new Set(['example', 'default', 'enum', 'const', 'value']);

/**
 * The document as callers may have it: without extensions (`x-…`), which are notes among ourselves, without what is marked
 * `x-internal`, and with the addresses at which the gateway serves it in place of the service's own.
 */
export function publicDocument(document: Json, prefix: string): Json {
  const cleaned = clean(document, false);
  return { ...(isObject(cleaned) ? cleaned : {}), servers: [{ url: prefix === '' ? '/' : prefix }] };
}

function clean(value: unknown, isNames: boolean): unknown {
  if (Array.isArray(value)) return value.filter(isPublic).map((item) => clean(item, false));
  if (!isObject(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [name, nested] of Object.entries(value)) {
    if (!isNames && (name.startsWith('x-') || name === 'servers')) continue;
    if (!isPublic(nested)) continue;
    kept.push([name, !isNames && VALUES.has(name) ? nested : clean(nested, !isNames && NAMES.has(name))]);
  }
  return Object.fromEntries(kept);
}

function isPublic(value: unknown): boolean {
  return !isObject(value) || value['x-internal'] !== true;
}

/** The same in short: which calls there are. */
export function describedApi(name: string, document: Json, prefix: string): DescribedApi {
  const { info, paths, security } = publicDocument(document, prefix);
  const { title, version } = isObject(info) ? info : {};
  const operations: DescribedCall[] = [];
  for (const path of Object.keys(isObject(paths) ? paths : {})) {
    const item = placedAt({ paths }, below('/paths', path))?.value ?? {};
    for (const method of METHODS) {
      const operation = item[method];
      if (!isObject(operation)) continue;
      operations.push({
        method: method.toUpperCase(),
        path: `${prefix.replace(/\/$/, '')}${path}`,
        ...(typeof operation.summary === 'string' ? { summary: operation.summary } : {}),
        scopes: scopesOf(operation.security ?? security),
      });
    }
  }
  return { name, title: String(title ?? name), version: String(version ?? ''), operations };
}

function scopesOf(security: unknown): string[] {
  const requirements = Array.isArray(security) ? security.filter(isObject) : [];
  return [...new Set(requirements.flatMap((each) => Object.values(each).flat().map(String)))];
}
