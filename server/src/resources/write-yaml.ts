import { stringify } from 'yaml';
import { fieldsAt, type JsonSchema, type Path } from './json-schema.ts';
import type { Kind } from './kind.ts';

/** Lines of text stay whole up to here, so that a diff of a changed description stays readable. */
const LINE_WIDTH = 100;

/** One resource as a YAML document: fields in the order the kind declares them, free names sorted. Stable. */
export function toYaml(kind: Kind, name: string, spec: unknown): string {
  return stringify(
    { kind: kind.kind, name, spec: orderFields(kind.jsonSchema(), spec) },
    { lineWidth: LINE_WIDTH, blockQuote: 'literal', aliasDuplicateObjects: false },
  );
}

/** Many documents in one text; reading it gives the same documents in the same order. */
export function joinYaml(documents: readonly string[]): string {
  return documents.join('---\n');
}

/** PostgreSQL's jsonb forgets the order of fields; the kind's declaration remembers it. */
export function orderFields(schema: JsonSchema, value: unknown, path: Path = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => orderFields(schema, item, [...path, index]));
  if (value === null || typeof value !== 'object') return value;
  const declared = fieldsAt(schema, path);
  const rank = (name: string): number => (declared.includes(name) ? declared.indexOf(name) : declared.length);
  const names = Object.keys(value).sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
  const ordered = names.map((name) => {
    const nested = (value as Record<string, unknown>)[name];
    return [name, orderFields(schema, nested, [...path, name])] as const;
  });
  return Object.fromEntries(ordered);
}
