/** Where things stand in an OpenAPI document, and what they refer to. Nothing is ever fetched. */

export type Json = Record<string, unknown>;

const REFERENCES_MAX = 16;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object of the document and its place, as a JSON pointer (RFC 6901). */
export interface Placed {
  readonly value: Json;
  readonly pointer: string;
}

export function below(pointer: string, ...names: readonly (string | number)[]): string {
  return names.reduce<string>(
    (found, name) => `${found}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`,
    pointer,
  );
}

export function valueAt(document: unknown, pointer: string): unknown {
  let found = document;
  for (const part of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Json)[name];
  }
  return found;
}

/** The object that stands at `pointer`, or the one that it refers to, however often; undefined when that leads nowhere. */
export function placedAt(document: unknown, pointer: string): Placed | undefined {
  let place = pointer;
  for (let step = 0; step <= REFERENCES_MAX; step += 1) {
    const value = valueAt(document, place);
    if (!isObject(value)) return undefined;
    const { $ref: reference } = value;
    if (reference === undefined) return { value, pointer: place };
    const next = localPointer(reference);
    if (next === undefined) return undefined;
    place = next;
  }
  return undefined;
}

/** The pointer of a reference into the same document (`#/components/…`); undefined for any other. */
export function localPointer(reference: unknown): string | undefined {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference)) return undefined;
  try {
    return decodeURIComponent(reference.slice(1));
  } catch {
    return undefined;
  }
}

/** The same place as a reference, in which a fragment may hold it (RFC 3986 §3.5). */
export function asFragment(pointer: string): string {
  return `#${pointer.split('/').map(encodeURIComponent).join('/')}`;
}
