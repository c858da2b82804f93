import { below, isObject, type Json, placedAt } from './reference.ts';

/** What a text may stand for, as far as its schema says: everything in a URL or a header is a text at first. */
export interface ValueShape {
  /** Types of JSON Schema; empty when the schema does not say. */
  readonly types: ReadonlySet<string>;
  /** Of an array's items, and of an object's fields. */
  readonly items: ValueShape | undefined;
  readonly fields: ReadonlyMap<string, ValueShape>;
}

const DEPTH_MAX = 4;
const ANYTHING: ValueShape = { types: new Set(), items: undefined, fields: new Map() };

/** Of the schema at this place and those it is put together from. */
export function shapeAt(document: Json, pointer: string | undefined, depth = 0): ValueShape {
  const found = pointer === undefined || depth > DEPTH_MAX ? undefined : placedAt(document, pointer);
  if (found === undefined) return ANYTHING;
  const { value } = found;
  const types = new Set([value.type].flat().filter((type) => typeof type === 'string'));
  const fields = new Map<string, ValueShape>();
  let items = value.items === undefined ? undefined : shapeAt(document, below(found.pointer, 'items'), depth + 1);
  for (const name of isObject(value.properties) ? Object.keys(value.properties) : []) {
    fields.set(name, shapeAt(document, below(found.pointer, 'properties', name), depth + 1));
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    const parts = value[keyword];
    for (const index of Array.isArray(parts) ? parts.keys() : []) {
      const part = shapeAt(document, below(found.pointer, keyword, index), depth + 1);
      for (const type of part.types) types.add(type);
      for (const [name, shape] of part.fields) fields.set(name, shape);
      items ??= part.items;
    }
  }
  if (items !== undefined && types.size === 0) types.add('array');
  if (fields.size > 0 && types.size === 0) types.add('object');
  return { types, items, fields };
}

/** RFC 8259 §6. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The value that the text stands for. What fits no type stays a text, and the schema says what is wrong with it. */
export function fromText(text: string, { types }: ValueShape): unknown {
  if ((types.has('number') || types.has('integer')) && NUMBER.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  }
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  if (types.has('null') && text === '' && !types.has('string')) return null;
  return text;
}
