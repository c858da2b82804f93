/** Routes as the program's own OpenAPI document describes them, for tests that try them all. */
export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  paths?: Record<string, Record<string, Operation>>;
  [more: string]: unknown;
}

interface Operation {
  parameters?: { in: string; name: string; schema?: JsonSchema }[];
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
}

export interface Described {
  method: string;
  path: string;
  /** Names of query parameters that take a text. */
  query: string[];
  body: JsonSchema | undefined;
}

export function describedRoutes({ paths = {} }: JsonSchema): Described[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((one) => one.in === 'query' && one.schema?.type === 'string').map(({ name }) => name),
      body: requestBody?.content?.['application/json']?.schema,
    })),
  );
}

/** Texts that nothing depends on are never the same twice, so that nothing is taken already. */
let made = 0;

/** Says why or what for, to people: no place for an id. */
const FREE_TEXT = new Set(['reason', 'description']);

/**
 * Bodies of this schema. First one with what is required alone; then, for each place that takes a text, the same with `text`
 * there. None for a route without a body.
 */
export function bodiesOf(schema: JsonSchema | undefined, text: string): unknown[] {
  if (schema === undefined) return [undefined];
  return [fill(schema, [], undefined), ...placesOf(schema, []).map((place) => fill(schema, place, text))];
}

function fill(schema: JsonSchema, place: readonly string[] | undefined, text: string | undefined): unknown {
  const [next, ...rest] = place ?? [];
  const alternative = (schema.anyOf ?? schema.oneOf)?.[0];
  if (alternative !== undefined) return fill(alternative, place, text);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.properties !== undefined) {
    const members = Object.entries(schema.properties).filter(
      ([name]) => schema.required?.includes(name) || name === next,
    );
    return Object.fromEntries(
      members.map(([name, child]) => [
        name,
        fill(child, name === next ? rest : undefined, name === next ? text : undefined),
      ]),
    );
  }
  if (schema.type === 'array') return next === undefined ? [] : [fill(schema.items ?? {}, rest, text)];
  if (schema.type === 'integer' || schema.type === 'number') return 1;
  if (schema.type === 'boolean') return true;
  if (schema.type === 'object') return {};
  return text ?? `something-${++made}`;
}

/** Where a text can stand, as names of members; `[]` for an item of a list. */
function placesOf(schema: JsonSchema, before: readonly string[]): string[][] {
  const alternative = (schema.anyOf ?? schema.oneOf)?.[0];
  if (alternative !== undefined) return placesOf(alternative, before);
  if (schema.enum !== undefined || schema.const !== undefined) return [];
  if (schema.properties !== undefined)
    return Object.entries(schema.properties)
      .filter(([name]) => !FREE_TEXT.has(name))
      .flatMap(([name, child]) => placesOf(child, [...before, name]));
  if (schema.type === 'array') return placesOf(schema.items ?? {}, [...before, '[]']);
  return schema.type === 'string' ? [[...before]] : [];
}
