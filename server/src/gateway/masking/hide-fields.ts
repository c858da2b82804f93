import { ANY, ANY_DEPTH, type FieldPath } from './field-path.ts';

export interface HiddenFields {
  readonly text: string;
  readonly path: FieldPath;
  readonly as: 'absent' | 'null';
}

/** `undefined`: it can't be read, so nobody may have it. */
export type HiddenBody = { readonly body: Buffer; readonly hidden: readonly string[] } | undefined;

const DEPTH_MAX = 100;
/** ECMAScript 2026 §25.5, which TypeScript does not describe yet. */
const RAW = JSON as unknown as { rawJSON(text: string): object; isRawJSON(value: object): boolean };
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A JSON text without the fields. Of a field that stands there twice only the last is kept, so that no reader sees one that
 * we did not; numbers stay as they were written, however long.
 */
export function hideFields(body: Buffer, fields: readonly HiddenFields[]): HiddenBody {
  let value: unknown;
  try {
    value = JSON.parse(UTF_8.decode(body), keepNumbers);
  } catch {
    return undefined;
  }
  const hidden: string[] = [];
  try {
    for (const field of fields) if (hide(value, field, 0, 0)) hidden.push(field.text);
    return { body: Buffer.from(JSON.stringify(value)), hidden };
  } catch {
    return undefined;
  }
}

/** What JavaScript's numbers can't hold goes on as the text that it was. */
function keepNumbers(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return String(value) === context.source ? value : RAW.rawJSON(context.source);
}

/** @returns whether there was one. @throws when it goes deeper than anything that is meant. */
function hide(value: unknown, field: HiddenFields, at: number, depth: number): boolean {
  if (typeof value !== 'object' || value === null || RAW.isRawJSON(value)) return false;
  if (depth > DEPTH_MAX) throw new RangeError('nested too deeply');
  const { path } = field;
  const segment = path[at] ?? '';
  if (segment === ANY_DEPTH) {
    let found = hide(value, field, at + 1, depth);
    for (const nested of Object.values(value)) found = hide(nested, field, at, depth + 1) || found;
    return found;
  }
  const names = segment === ANY ? Object.keys(value) : Object.hasOwn(value, segment) ? [segment] : [];
  if (at < path.length - 1) {
    let found = false;
    for (const name of names) found = hide((value as Record<string, unknown>)[name], field, at + 1, depth + 1) || found;
    return found;
  }
  for (const name of names) take(value as Record<string, unknown>, name, field.as);
  return names.length > 0;
}

/** An item of a list can't be absent without moving the others. */
function take(value: Record<string, unknown>, name: string, as: HiddenFields['as']): void {
  if (as === 'null' || Array.isArray(value)) Object.defineProperty(value, name, NULL);
  else delete value[name];
}

/** Defined, not assigned: a field may be called `__proto__`. */
const NULL = { value: null, writable: true, enumerable: true, configurable: true } as const;
