import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { linearPattern } from './linear-pattern.ts';
import { asFragment, isObject, type Json, localPointer, placedAt, valueAt } from './reference.ts';

/** Says what is wrong with a value; nothing when it is as the schema has it. */
export type SchemaCheck = (value: unknown) => readonly ErrorObject[];

export interface SchemaCompiler {
  /** Of the schema at this place. Undefined where it lets anything pass. @throws when it is no JSON Schema. */
  compile(pointer: string): SchemaCheck | undefined;
}

/** Loaded with the first document: it takes ten megabytes, and many installations have none. */
const load = createRequire(import.meta.url);
const ROOT = 'openapi';
/** Formats that are decided in linear time; others say something to people only (JSON Schema 2020-12, §7.2.1). */
const FORMATS = [
  ...['date', 'time', 'date-time', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid', 'json-pointer'],
  ...['byte', 'int32', 'int64', 'float', 'double', 'password', 'binary'],
] as const;
/** What says nothing about a value. */
const ANNOTATIONS = new Set(['title', 'description', 'example', 'examples', 'deprecated', 'externalDocs', 'xml']);

/** Compiles schemas of one document, for what callers send. */
export function schemaCompiler(document: Json): SchemaCompiler {
  const { Ajv2020 } = load('ajv/dist/2020') as typeof import('ajv/dist/2020.js');
  const addFormats = load('ajv-formats') as typeof import('ajv-formats').default;
  const pattern = Object.assign((text: string) => linearPattern(text), { code: 'linearPattern' });
  const ajv = new Ajv2020({
    // A document says much that is none of ajv's business.
    strict: false,
    validateSchema: false,
    logger: false,
    // The first thing that is wrong is enough: what all is wrong could be made very long.
    allErrors: false,
    // For messages that say what was expected; values are never told.
    verbose: true,
    ownProperties: true,
    inlineRefs: false,
    unicodeRegExp: false,
    code: { regExp: pattern },
  });
  addFormats(ajv, [...FORMATS]);
  // The library compares each item with each other one.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not hold the same item twice' },
    validate: (wanted: boolean, items: unknown[]) => !wanted || areUnique(items),
  });
  const budget = { left: 0 };
  ajv.addKeyword({
    keyword: STEP,
    before: '$ref',
    validate: () => {
      budget.left -= 1;
      if (budget.left < 0) throw TOO_COSTLY;
      return true;
    },
  });
  ajv.addSchema(forRequests(document), ROOT);
  return {
    compile(place) {
      if (letsAnythingPass(valueAt(document, place))) return undefined;
      return runner(ajv.compile({ $ref: `${ROOT}${asFragment(place)}` }), budget);
    },
  };
}

/** Stands beside every `$ref`, and is counted: two alternatives that both refer to themselves would double with each level. */
const STEP = 'x-gatehouse-step';
/** More than a large honest body takes; a tenth of a second. */
const STEPS_MAX = 200_000;
const TOO_COSTLY = Symbol('too costly');

function runner(validate: ValidateFunction, budget: { left: number }): SchemaCheck {
  return (value) => {
    budget.left = STEPS_MAX;
    try {
      return validate(value) ? NONE : (validate.errors ?? NONE);
    } catch (thrown) {
      if (thrown !== TOO_COSTLY) throw thrown;
      return [
        { keyword: STEP, instancePath: '', schemaPath: '', params: {}, message: 'is nested too deeply to be checked' },
      ];
    }
  };
}

const NONE: readonly ErrorObject[] = [];

function letsAnythingPass(schema: unknown): boolean {
  if (schema === undefined || schema === true) return true;
  return isObject(schema) && Object.keys(schema).every((name) => ANNOTATIONS.has(name));
}

/** Their members have names of the document's own choice. */
const MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs', 'schemas']);
/** Values, which may look like a schema and are none. */
const VALUES = new Set(['const', 'enum', 'default', 'example', 'examples']);

/** What is `readOnly` is not asked of callers, though it is `required` (OpenAPI 3.1, §4.8.24); references are counted. */
function forRequests(document: Json): Json {
  const copy = structuredClone(document);
  const walk = (value: unknown, isMap = false): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, nested] of Object.entries(value)) {
      if (isMap || !VALUES.has(name)) walk(nested, !isMap && MAPS.has(name));
    }
    if (isMap) return;
    const { required, properties, $ref } = value as Json;
    if (typeof $ref === 'string') (value as Json)[STEP] = true;
    if (!Array.isArray(required) || !isObject(properties)) return;
    (value as Json).required = required.filter((name) => !isReadOnly(copy, properties[String(name)]));
  };
  walk(copy);
  return copy;
}

function isReadOnly(document: Json, schema: unknown): boolean {
  if (!isObject(schema)) return false;
  if (schema.readOnly === true) return true;
  const place = localPointer(schema.$ref);
  return place !== undefined && placedAt(document, place)?.value.readOnly === true;
}

/** As JSON with sorted names, so that a set can tell. */
function areUnique(items: readonly unknown[]): boolean {
  const seen = new Set<string>();
  for (const item of items) seen.add(JSON.stringify(item, sorted));
  return seen.size === items.length;
}

function sorted(_name: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
