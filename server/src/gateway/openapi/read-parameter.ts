import { readJsonBody } from './read-json-body.ts';
import type { DescribedParameter } from './read-operations.ts';
import { decodeForm, type RequestSource } from './request-source.ts';
import { fromText, type ValueShape } from './value-shape.ts';

/** What a parameter's text stands for; `problem` when it can't be read at all. Undefined: it is not there. */
export type ReadValue = { readonly value: unknown } | { readonly problem: string } | undefined;

export type ParameterReader = (source: RequestSource) => ReadValue;

const NOT_DECODED = { problem: 'is not percent-encoded as it should be' } as const;
const TWICE = { problem: 'stands there more than once, and is one value' } as const;
const NO_PAIRS = { problem: 'must be pairs of a name and a value' } as const;

/** As `style` and `explode` say (OpenAPI 3.1, §4.8.12.3). */
export function parameterReader(parameter: DescribedParameter, position: number, shape: ValueShape): ParameterReader {
  const { in: place } = parameter;
  if (parameter.isJson)
    return (source) => readJson(textsOf(source, parameter, position), place === 'query' || place === 'cookie');
  if (place === 'query') return queryReader(parameter, shape);
  const separator = ',';
  const split = (text: string) => text.split(separator).map((part) => part.trim());
  return (source) => {
    const [text, ...others] = textsOf(source, parameter, position);
    if (text === undefined) return undefined;
    if (others.length > 0) return TWICE;
    if (shape.types.has('array')) return { value: items(split(text), shape) };
    if (!shape.types.has('object')) return { value: fromText(text, shape) };
    return fieldsOf(parameter.explode ? split(text).flatMap((pair) => halves(pair)) : split(text), shape);
  };
}

const SEPARATORS: Readonly<Record<string, RegExp>> = {
  form: /,/,
  spaceDelimited: /%20|\+/,
  pipeDelimited: /\||%7[Cc]/,
};

function queryReader({ name, style, explode }: DescribedParameter, shape: ValueShape): ParameterReader {
  if (style === 'deepObject') return (source) => deepObject(source, name, shape);
  const separator = SEPARATORS[style] ?? /,/;
  if (shape.types.has('object') && explode) return (source) => ownParameters(source, shape);
  return (source) => {
    const values = source.query.get(name);
    if (values === undefined) return undefined;
    if (shape.types.has('array') && explode) return decoded(values, (texts) => ({ value: items(texts, shape) }));
    if (values.length > 1) return TWICE;
    const parts = shape.types.has('array') || shape.types.has('object') ? (values[0] ?? '').split(separator) : values;
    if (shape.types.has('array')) return decoded(parts, (texts) => ({ value: items(texts, shape) }));
    if (shape.types.has('object')) return decoded(parts, (texts) => fieldsOf(texts, shape));
    return decoded(parts, ([text = '']) => ({ value: fromText(text, shape) }));
  };
}

/** `name[field]=value`. */
function deepObject(source: RequestSource, name: string, shape: ValueShape): ReadValue {
  const found: [string, string][] = [];
  for (const [key, values] of source.query) {
    if (!key.startsWith(`${name}[`) || !key.endsWith(']')) continue;
    if (values.length > 1) return TWICE;
    const text = decodeForm(values[0] ?? '');
    if (text === undefined) return NOT_DECODED;
    found.push([key.slice(name.length + 1, -1), text]);
  }
  return found.length === 0 ? undefined : fieldsOf(found.flat(), shape);
}

/** Each field is a parameter by itself. */
function ownParameters(source: RequestSource, shape: ValueShape): ReadValue {
  const found: Record<string, unknown> = {};
  for (const [name, field] of shape.fields) {
    const values = source.query.get(name);
    if (values === undefined) continue;
    if (values.length > 1) return TWICE;
    const text = decodeForm(values[0] ?? '');
    if (text === undefined) return NOT_DECODED;
    found[name] = fromText(text, field);
  }
  return Object.keys(found).length === 0 ? undefined : { value: found };
}

function decoded(texts: readonly string[], read: (texts: string[]) => ReadValue): ReadValue {
  const found: string[] = [];
  for (const text of texts) {
    const plain = decodeForm(text);
    if (plain === undefined) return NOT_DECODED;
    found.push(plain);
  }
  return read(found);
}

function items(texts: readonly string[], { items: shape }: ValueShape): unknown[] {
  if (texts.length === 1 && texts[0] === '') return [];
  return texts.map((text) => (shape === undefined ? text : fromText(text, shape)));
}

/** Names and values in turn. */
function fieldsOf(parts: readonly string[], { fields }: ValueShape): ReadValue {
  if (parts.length % 2 === 1) return NO_PAIRS;
  const pairs: [string, unknown][] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const name = parts[index] ?? '';
    const shape = fields.get(name);
    const text = parts[index + 1] ?? '';
    pairs.push([name, shape === undefined ? text : fromText(text, shape)]);
  }
  return { value: Object.fromEntries(pairs) };
}

function halves(pair: string): string[] {
  const end = pair.indexOf('=');
  return end === -1 ? [pair] : [pair.slice(0, end), pair.slice(end + 1)];
}

function textsOf(source: RequestSource, { name, in: place }: DescribedParameter, position: number): readonly string[] {
  if (place === 'query') return source.query.get(name) ?? [];
  if (place === 'cookie') return source.cookies(name);
  const text = place === 'path' ? source.path[position] : source.header(name);
  return text === undefined ? [] : [text];
}

function readJson(texts: readonly string[], isEncoded: boolean): ReadValue {
  const [text, ...others] = texts;
  if (text === undefined) return undefined;
  if (others.length > 0) return TWICE;
  const plain = isEncoded ? decodeForm(text) : text;
  if (plain === undefined) return NOT_DECODED;
  const read = readJsonBody(Buffer.from(plain));
  return 'problem' in read ? { problem: read.problem } : read;
}
