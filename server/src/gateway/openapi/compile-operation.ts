import type { FieldError } from '#base';
import type { SchemaCheck, SchemaCompiler } from './compile-schemas.ts';
import { type FindTwin, twinsOf } from './other-spelling.ts';
import { type DescribedContent, type DescribedOperation, type DescribedParameter, isJson } from './read-operations.ts';
import { type ParameterReader, parameterReader } from './read-parameter.ts';
import type { Json } from './reference.ts';
import { shapeAt, type ValueShape } from './value-shape.ts';

/** An operation with everything worked out that does not depend on the request. */
export interface CompiledOperation {
  readonly method: string;
  /** As the document writes it. */
  readonly path: string;
  readonly parameters: readonly CompiledParameter[];
  readonly body: { readonly required: boolean; readonly content: readonly CompiledContent[] } | undefined;
  readonly responses: ReadonlyMap<string, readonly string[]>;
  /** Names of parameters in the query; with `*`, any may stand there. */
  readonly queryNames: ReadonlySet<string>;
  /** Of a name in the query, the described one that it may be taken for. */
  readonly queryTwin: FindTwin;
}

export interface CompiledParameter {
  readonly name: string;
  readonly in: DescribedParameter['in'];
  readonly required: boolean;
  readonly allowEmptyValue: boolean;
  readonly read: ParameterReader;
  readonly check: SchemaCheck | undefined;
}

export interface CompiledContent {
  /** In lower case, without parameters; may be a range. */
  readonly mediaType: string;
  /** Undefined: only the type is looked at, and the body streams; of a range, the type that was sent tells. */
  readonly form: 'json' | 'urlencoded' | 'multipart' | undefined;
  readonly check: SchemaCheck | undefined;
  /** Of a form: what its fields stand for. */
  readonly shape: ValueShape;
  readonly encodings: DescribedContent['encodings'];
}

export interface CompileContext {
  readonly document: Json;
  /** In front of every path. What it captures comes first. */
  readonly prefix: string;
  readonly schemas: SchemaCompiler;
  readonly problems: FieldError[];
}

/** What can't be compiled goes to `problems`, with its place. */
export function compileOperation(
  operation: DescribedOperation,
  { document, prefix, schemas, problems }: CompileContext,
): CompiledOperation {
  const place = `document.paths.${operation.path}.${operation.method.toLowerCase()}`;
  const compile = (pointer: string | undefined, what: string): SchemaCheck | undefined => {
    if (pointer === undefined) return undefined;
    try {
      return schemas.compile(pointer);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'is unreadable';
      problems.push({ path: place, message: `the schema of ${what} can not be used: ${message.slice(0, 300)}` });
      return undefined;
    }
  };
  const before = [...prefix.matchAll(/\{[^{}]*\}/g)].length;
  const parameters = operation.parameters.map((parameter) => {
    const shape = shapeAt(document, parameter.schema);
    const { name, in: where, required, allowEmptyValue, schema } = parameter;
    const read = parameterReader(parameter, before + operation.names.indexOf(name), shape);
    return {
      name,
      in: where,
      required,
      allowEmptyValue,
      read,
      check: compile(schema, `the ${where} parameter ${name}`),
    };
  });
  const content = (operation.body?.content ?? []).map(({ mediaType, schema, encodings }): CompiledContent => {
    const check = compile(schema, `the body ${mediaType}`);
    return { mediaType, check, form: check && formOf(mediaType), shape: shapeAt(document, schema), encodings };
  });
  const { method, path, body, responses } = operation;
  const names = queryNames(operation.parameters, document);
  return {
    method,
    path,
    parameters,
    body: body && { required: body.required, content },
    responses,
    queryNames: names,
    queryTwin: queryTwin(names),
  };
}

const FORMS: Readonly<Record<string, CompiledContent['form']>> = {
  'application/x-www-form-urlencoded': 'urlencoded',
  'multipart/form-data': 'multipart',
};

export function formOf(mediaType: string): CompiledContent['form'] {
  if (isJson(mediaType)) return 'json';
  return FORMS[mediaType];
}

/** Of `name[field]` the brackets belong to the style, and not to another spelling of it. */
function queryTwin(names: ReadonlySet<string>): FindTwin {
  const deep = [...names].filter((name) => name.endsWith('['));
  const twinOf = twinsOf(names);
  return (name) => (deep.some((start) => name.startsWith(start)) ? undefined : twinOf(name)?.replace(/\[$/, ''));
}

/** For the drift report as well. */
function queryNames(parameters: readonly DescribedParameter[], document: Json): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, in: place, style, explode, schema, isJson: isWhole } of parameters) {
    if (place !== 'query') continue;
    const { types, fields } = shapeAt(document, schema);
    if (isWhole) names.add(name);
    else if (style === 'deepObject') names.add(`${name}[`);
    else if (explode && types.has('object'))
      for (const field of fields.size === 0 ? ['*'] : fields.keys()) names.add(field);
    else names.add(name);
  }
  return names;
}
