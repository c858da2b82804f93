/** The part of JSON Schema (draft 2020-12) that zod writes and that we read. */
export interface JsonSchema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  required?: string[];
  items?: JsonSchema | boolean;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  [keyword: string]: unknown;
}

export type Path = readonly (string | number)[];

/** Every schema that may apply at `path`: more than one where the schema offers alternatives. */
export function schemasAt(root: JsonSchema, path: Path): JsonSchema[] {
  let candidates = alternatives(root, root);
  for (const segment of path) {
    candidates = candidates.flatMap((schema) => below(schema, segment)).flatMap((schema) => alternatives(root, schema));
  }
  return candidates;
}

/** Names of the fields that an object at `path` may have, in the order the schema declares them. */
export function fieldsAt(root: JsonSchema, path: Path): string[] {
  return [...new Set(schemasAt(root, path).flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

/** Paths of objects that admit fields nobody declared. */
export function looseObjects(schema: JsonSchema, path = 'spec'): string[] {
  const found = schema.properties !== undefined && schema.additionalProperties === undefined ? [path] : [];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    found.push(...looseObjects(property, `${path}.${name}`));
  }
  for (const nested of [schema.items, schema.additionalProperties]) {
    if (typeof nested === 'object') found.push(...looseObjects(nested, `${path}.*`));
  }
  for (const nested of [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...Object.values(schema.$defs ?? {})]) {
    found.push(...looseObjects(nested, path));
  }
  return found;
}

function below(schema: JsonSchema, segment: string | number): JsonSchema[] {
  const nested =
    typeof segment === 'number'
      ? (schema.prefixItems?.[segment] ?? schema.items)
      : ((Object.hasOwn(schema.properties ?? {}, segment) ? schema.properties?.[segment] : undefined) ??
        schema.additionalProperties);
  return typeof nested === 'object' ? [nested] : [];
}

/** Opens `$ref` and alternatives. Depth is bounded by the schema itself, which is ours, and by the guard below. */
function alternatives(root: JsonSchema, schema: JsonSchema, depth = 0): JsonSchema[] {
  if (depth > 8) return [];
  const target = schema.$ref === undefined ? undefined : resolve(root, schema.$ref);
  const nested = [
    ...(target === undefined ? [] : [target]),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    ...(schema.allOf ?? []),
  ];
  return [schema, ...nested.flatMap((option) => alternatives(root, option, depth + 1))];
}

function resolve(root: JsonSchema, reference: string): JsonSchema | undefined {
  return reference === '#' ? root : root.$defs?.[reference.replace('#/$defs/', '')];
}
