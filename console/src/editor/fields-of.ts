import { type JsonSchema, labelOf, shapeOf } from './json-schema.ts';

/** A field of a form, wherever in it. */
export interface FoundField {
  /** As `data-field` has it; of a list, in its first item. */
  path: string;
  /** `Match › Path`: what it is called, with what it is in. */
  label: string;
  /** Everything it may be looked for by: its label, its own name, what is said of it. */
  words: string;
}

/** All fields that a form draws from a schema, in its order. */
export function fieldsOf(schema: JsonSchema, within: Pick<FoundField, 'path' | 'label'> = TOP): FoundField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, own]) => {
    const path = within.path === '' ? name : `${within.path}.${name}`;
    const label = within.label === '' ? labelOf(name, own) : `${within.label} › ${labelOf(name, own)}`;
    const words = `${label} ${name} ${own.description ?? ''}`.toLowerCase();
    const field = { path, label, words };
    const shape = shapeOf(own);
    if (shape === 'fields') return [field, ...fieldsOf(own, field)];
    if (shape === 'list') return [field, ...fieldsOf(own.items ?? {}, { path: `${path}.0`, label })];
    return [field];
  });
}

const TOP = { path: '', label: '' };

/** Those in which all that is looked for stands. */
export function fieldsLike(fields: readonly FoundField[], wanted: string): FoundField[] {
  const parts = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return fields.filter(({ words }) => parts.every((part) => words.includes(part)));
}
