import type { ErrorObject } from 'ajv';
import type { ParameterPlace } from './read-operations.ts';
import { isObject } from './reference.ts';

/**
 * What is wrong with a request, and what was expected. It names places and rules of the document only: what the caller
 * sent, a password perhaps, stands neither in the answer nor in the record.
 */
export interface Violation {
  readonly in: ParameterPlace | 'body' | 'content-type';
  /** Of the parameter. */
  readonly name?: string;
  /** Into the value, as the fragment of a JSON pointer (RFC 6901 §6). */
  readonly pointer?: string;
  readonly detail: string;
}

/** So many are told of one body. */
const TOLD_MAX = 10;
const LIST_LENGTH_MAX = 300;

/** @param known names that the document itself uses; any other in a pointer is the caller's, and becomes `*`. */
export function violationsOf(
  errors: readonly ErrorObject[],
  place: Pick<Violation, 'in' | 'name'>,
  known: ReadonlySet<string>,
): Violation[] {
  const told = new Map<string, Violation>();
  for (const error of errors) {
    const pointer = `#${knownPointer(error.instancePath, known)}`;
    const detail = detailOf(error);
    if (told.size < TOLD_MAX) told.set(`${pointer} ${detail}`, { ...place, pointer, detail });
  }
  return [...told.values()];
}

/** In one line, for the trace. */
export function violationText({ in: place, name, pointer, detail }: Violation): string {
  return [place, name, pointer === '#' ? undefined : pointer, detail].filter((part) => part !== undefined).join(' ');
}

function knownPointer(path: string, known: ReadonlySet<string>): string {
  return path
    .split('/')
    .map((part) => (part === '' || /^\d{1,9}$/.test(part) || known.has(part) ? part : '*'))
    .join('/');
}

function detailOf({ keyword, params, parentSchema, message = 'is not as it should be' }: ErrorObject): string {
  switch (keyword) {
    case 'required':
    case 'dependentRequired':
      return `must have the field ${listed([params.missingProperty])}`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
    case 'propertyNames':
      return `holds a field that is not described${namesOf(parentSchema)}`;
    case 'enum':
      return `must be one of ${listed(params.allowedValues)}`;
    case 'const':
      return `must be ${listed([params.allowedValue])}`;
    default:
      return message;
  }
}

function namesOf(schema: unknown): string {
  const properties = isObject(schema) && isObject(schema.properties) ? Object.keys(schema.properties) : [];
  return properties.length === 0 ? '' : `; described are ${listed(properties)}`;
}

function listed(values: unknown): string {
  const text = (Array.isArray(values) ? values : [values]).map((value) => JSON.stringify(value)).join(', ');
  return text.length <= LIST_LENGTH_MAX ? text : `${text.slice(0, LIST_LENGTH_MAX)}…`;
}
