/** Of JSON Schema (2020-12) what the kinds of resources are described with. */
export interface JsonSchema {
  type?: string | readonly string[];
  title?: string;
  description?: string;
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
}

export type Shape = 'choice' | 'flag' | 'number' | 'text' | 'longText' | 'words' | 'list' | 'fields' | 'pairs' | 'free';

const LONG_TEXT_MIN = 2000;

/** By which control a value is edited. What has none is edited as JSON. */
export function shapeOf(schema: JsonSchema): Shape {
  if (schema.anyOf !== undefined || schema.oneOf !== undefined) return 'free';
  if (schema.enum?.every((each) => typeof each === 'string') === true) return 'choice';
  if (schema.type === 'boolean') return 'flag';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  if (schema.type === 'string') return (schema.maxLength ?? 0) >= LONG_TEXT_MIN * 2 ? 'longText' : 'text';
  if (schema.type === 'array') {
    // Numbers are chosen by their digits, as words are.
    if (schema.items?.enum !== undefined) return 'words';
    const item = schema.items === undefined ? 'free' : shapeOf(schema.items);
    if (item === 'text' || item === 'choice') return 'words';
    return item === 'fields' ? 'list' : 'free';
  }
  if (schema.type === 'object') {
    if (schema.properties !== undefined) return 'fields';
    const { additionalProperties: each } = schema;
    return typeof each === 'object' && shapeOf(each) === 'text' ? 'pairs' : 'free';
  }
  return 'free';
}

/** What a list holds whose choices were made by their names: digits stand for the number that the schema names. */
export function itemsChosen({ items }: JsonSchema, names: readonly string[]): unknown[] {
  return names.map((name) => items?.enum?.find((each) => String(each) === name) ?? name);
}

/** `accessTokenTtlSeconds` → `Access token TTL seconds`: the field's own name, readable, unless its schema has a title. */
export function labelOf(name: string, { title }: JsonSchema = {}): string {
  if (title !== undefined) return title;
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  const named = words.replaceAll(
    /\b(api|apis|url|uri|uris|id|jwks|jwt|ttl|cors|ip|acr|svg|png|html|tls|dpop|mcp|oidc|pkce)\b/g,
    (word) => ACRONYMS[word] ?? word.toUpperCase(),
  );
  return named.charAt(0).toUpperCase() + named.slice(1);
}

const ACRONYMS: Readonly<Record<string, string>> = { apis: 'APIs', uris: 'URIs', dpop: 'DPoP' };
