import { createRequire } from 'node:module';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { linearPattern } from './linear-pattern.ts';
import { twinDetail, twinsOf } from './other-spelling.ts';
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

/**
 * Compiles schemas of one document, for what callers send.
 * @param described names of fields anywhere in the document: another schema of the same value may describe what this one does not.
 */
export function schemaCompiler(document: Json, described: ReadonlySet<string>): SchemaCompiler {
  const { Ajv2020 } = load('ajv/dist/2020') as typeof import('ajv/dist/2020.js');
  const addFormats = load('ajv-formats') as typeof import('ajv-formats').default;
  const budget: Budget = { steps: 0, characters: 0, twin: undefined };
  const pattern = Object.assign((text: string) => countedPattern(text, budget), { code: 'linearPattern' });
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
    code: { regExp: pattern, process: withoutInheritedNames },
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
  ajv.addKeyword({
    keyword: STEP,
    // The first of all, and so before `$ref` as well: counted after its target, it would never be counted.
    before: '$dynamicRef',
    validate: () => {
      budget.steps -= 1;
      if (budget.steps < 0) throw TOO_DEEP;
      return true;
    },
  });
  ajv.addKeyword({
    keyword: TWINS,
    type: 'object',
    compile(_wanted, { properties }) {
      const twinOf = twinsOf(new Set(Object.keys(properties)));
      return (value: Json, at) => {
        if (budget.twin !== undefined) return true;
        for (const name of Object.keys(value)) {
          const twin = described.has(name) ? undefined : twinOf(name);
          if (twin !== undefined) budget.twin = { pointer: at?.instancePath ?? '', name: twin };
        }
        return true;
      };
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

/** What is left to be spent on one value, and what was seen of it. */
interface Budget {
  steps: number;
  characters: number;
  /**
   * A field was found that many services take for this one. Remembered and not told to the schema that found it: below `not`,
   * its no would be a yes.
   */
  twin: { readonly pointer: string; readonly name: string } | undefined;
}

/** Stands beside every reference, and is counted: two alternatives that both refer to themselves would double with each level. */
const STEP = 'x-gatehouse-step';
/** Stands beside every `properties`: what is called nearly like one of them. */
const TWINS = 'x-gatehouse-twins';
/** More than a large honest body takes; a tenth of a second. */
const STEPS_MAX = 200_000;
/** Of texts, times the characters of the pattern that looks at them: linear is not quick. Up to a second (12 ns each). */
const CHARACTERS_MAX = 64 * 1024 * 1024;
const TOO_DEEP = new RangeError('is nested too deeply to be checked');
const TOO_LONG = new RangeError('holds more text than its patterns can be held against');

/** What a pattern of a thousand characters does to a text of a megabyte takes many seconds, in which nobody is served. */
function countedPattern(text: string, budget: Budget) {
  const pattern = linearPattern(text);
  const counted = (value: string): boolean => {
    budget.characters -= value.length * text.length;
    if (budget.characters < 0) throw TOO_LONG;
    return pattern.test(value);
  };
  return { test: counted, toString: () => String(pattern) };
}

/**
 * The library remembers the fields that some alternative has looked at as names of `{}`, on which `constructor` and
 * `__proto__` are names as well: `unevaluatedProperties: false` would let them pass.
 */
function withoutInheritedNames(code: string): string {
  return code.replaceAll(/\b(props\d+ = (?:props\d+ \|\| )?)\{\}/g, '$1Object.create(null)');
}

function runner(validate: ValidateFunction, budget: Budget): SchemaCheck {
  return (value) => {
    budget.steps = STEPS_MAX;
    budget.characters = CHARACTERS_MAX;
    budget.twin = undefined;
    try {
      if (!validate(value)) return validate.errors ?? NONE;
      // Written by the assignments of a keyword, which the compiler of types does not see.
      const { twin } = budget as Budget;
      return twin === undefined ? NONE : [wrong(TWINS, twinDetail(twin.name), twin.pointer)];
    } catch (thrown) {
      if (thrown !== TOO_DEEP && thrown !== TOO_LONG) throw thrown;
      const { message } = thrown === TOO_DEEP ? TOO_DEEP : TOO_LONG;
      return [wrong(STEP, message)];
    }
  };
}

const NONE: readonly ErrorObject[] = [];

function wrong(keyword: string, message: string, instancePath = ''): ErrorObject {
  return { keyword, instancePath, schemaPath: '', params: {}, message };
}

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
    const { required, properties, $ref, $dynamicRef } = value as Json;
    if (typeof $ref === 'string' || typeof $dynamicRef === 'string') (value as Json)[STEP] = true;
    if (isObject(properties)) (value as Json)[TWINS] = true;
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
