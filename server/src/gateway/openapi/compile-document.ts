import type { FieldError } from '#base';
import { PatternError, parsePathPattern } from '../path-pattern.ts';
import { Router } from '../router.ts';
import { type CompiledOperation, compileOperation } from './compile-operation.ts';
import { schemaCompiler } from './compile-schemas.ts';
import type { ApiDocumentSpec } from './document-spec.ts';
import { type DescribedOperation, readOperations } from './read-operations.ts';
import { isObject, type Json } from './reference.ts';

/** A document ready to be held against requests. */
export interface CompiledDocument {
  /** By canonical path and method, as the gateway serves them. */
  readonly router: Router<CompiledOperation>;
  readonly operations: readonly CompiledOperation[];
  /** Names that occur in its schemas: those may be told in a pointer. */
  readonly known: ReadonlySet<string>;
}

/** @returns what is wrong with it; with any problem it is not to be used. */
export function compileDocument({ document, prefix }: ApiDocumentSpec): CompiledDocument & { problems: FieldError[] } {
  const { operations: described, problems } = readOperations(document);
  const router = new Router<CompiledOperation>();
  const operations: CompiledOperation[] = [];
  const known = new Set<string>();
  if (problems.length > 0) return { router, operations, known, problems };
  collectNames(document, known);
  const schemas = schemaCompiler(document, known);
  for (const each of described) {
    const operation = compileOperation(each, { document, prefix, schemas, problems });
    operations.push(operation);
    addTo(router, operation, { pattern: patternOf(each, prefix), problems });
  }
  return { router, operations, known, problems };
}

/** Names of parameters may hold what a route's can't; here only their order counts. */
function patternOf({ path, names }: DescribedOperation, prefix: string): string {
  let plain = path;
  for (const [index, name] of names.entries()) plain = plain.replace(`{${name}}`, `{p${index}}`);
  const whole = `${prefix.replace(/\/$/, '')}${plain}`;
  return whole.length > 1 ? whole.replace(/\/$/, '') : whole;
}

function addTo(
  router: Router<CompiledOperation>,
  operation: CompiledOperation,
  { pattern, problems }: { pattern: string; problems: FieldError[] },
): void {
  const path = `document.paths.${operation.path}`;
  try {
    const entry = { value: operation, pattern: parsePathPattern(pattern), methods: [operation.method], priority: 0 };
    for (const { value } of router.add(entry)) {
      problems.push({ path, message: `describes the same requests as ${value.path}` });
    }
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    problems.push({ path, message: error.message });
  }
}

function collectNames(value: unknown, known: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  const { properties } = value as Json;
  if (isObject(properties)) for (const name of Object.keys(properties)) known.add(name);
  for (const nested of Object.values(value)) collectNames(nested, known);
}

/** Each document is compiled once, when it is first used or checked; resources are replaced as wholes when they change. */
const COMPILED = new WeakMap<object, ReturnType<typeof compileDocument>>();

export function compiledDocument(spec: ApiDocumentSpec): ReturnType<typeof compileDocument> {
  let found = COMPILED.get(spec);
  if (found === undefined) {
    found = compileDocument(spec);
    COMPILED.set(spec, found);
  }
  return found;
}
