import type { FieldError } from '#base';
import { below, isObject, type Json, localPointer, type Placed, placedAt } from './reference.ts';

/** What an OpenAPI 3.1 document says of its operations, as far as requests and statuses are concerned. */

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;
const OPERATIONS_MAX = 1000;
const PARAMETERS_MAX = 100;
const PROBLEMS_MAX = 20;

export const PLACES = ['path', 'query', 'header', 'cookie'] as const;
export type ParameterPlace = (typeof PLACES)[number];

export interface DescribedParameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly required: boolean;
  readonly style: string;
  readonly explode: boolean;
  readonly allowEmptyValue: boolean;
  /** The text is JSON. */
  readonly isJson: boolean;
  /** Where its schema stands. */
  readonly schema: string | undefined;
  /** Where it stands itself, for messages. */
  readonly pointer: string;
}

export interface DescribedContent {
  /** In lower case, without parameters; may be a range. */
  readonly mediaType: string;
  readonly schema: string | undefined;
  /** Of a form: how its fields are written, where the document says it. */
  readonly encodings: ReadonlyMap<string, DescribedEncoding>;
}

export interface DescribedEncoding {
  /** In lower case, without parameters; may be ranges. */
  readonly contentTypes: readonly string[];
}

export interface DescribedOperation {
  readonly method: string;
  /** As the document writes it. */
  readonly path: string;
  readonly pointer: string;
  /** Names of the parameters in the path, in order. */
  readonly names: readonly string[];
  readonly parameters: readonly DescribedParameter[];
  readonly body: { readonly required: boolean; readonly content: readonly DescribedContent[] } | undefined;
  /** `200`, `2XX` or `default`, with the media types of each. */
  readonly responses: ReadonlyMap<string, readonly string[]>;
}

/** The problems are to be shown to whoever wrote the document; with any of them nothing of it is used. */
export function readOperations(document: Json): { operations: DescribedOperation[]; problems: FieldError[] } {
  const problems: FieldError[] = [];
  const refuse = (pointer: string, message: string) => {
    if (problems.length < PROBLEMS_MAX) problems.push({ path: dotted(pointer), message });
  };
  if (typeof document.openapi !== 'string' || !/^3\.1\.\d+$/.test(document.openapi)) {
    refuse('/openapi', 'must be of version 3.1');
    return { operations: [], problems };
  }
  refuseForeignReferences(document, refuse);
  const operations: DescribedOperation[] = [];
  for (const path of Object.keys(isObject(document.paths) ? document.paths : {})) {
    const item = placedAt(document, below('/paths', path));
    if (item === undefined) {
      refuse(below('/paths', path), 'must be an object, or refer to one in this document');
      continue;
    }
    for (const method of METHODS) {
      if (!(method in item.value)) continue;
      const operation = placedAt(document, below(item.pointer, method));
      if (operation === undefined) refuse(below('/paths', path, method), 'must be an object');
      else operations.push(readOperation(document, { path, method, item, operation }, refuse));
    }
  }
  if (operations.length === 0) refuse('/paths', 'describes no operation');
  if (operations.length > OPERATIONS_MAX) refuse('/paths', `describes more than ${OPERATIONS_MAX} operations`);
  return { operations, problems };
}

type Refuse = (pointer: string, message: string) => void;

/** Nothing is fetched, so nothing may lie elsewhere; and a schema with an address of its own would change what `#` means. */
function refuseForeignReferences(document: Json, refuse: Refuse): void {
  const walk = (value: unknown, pointer: string): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, nested] of Object.entries(value)) {
      const place = below(pointer, name);
      if (name === '$ref' && typeof nested === 'string' && localPointer(nested) === undefined) {
        refuse(place, 'refers to another document, and nothing is fetched; put it into this one');
      }
      if (name === '$id' && typeof nested === 'string') refuse(place, 'schemas have no $id of their own here');
      walk(nested, place);
    }
  };
  walk(document, '');
}

function readOperation(
  document: Json,
  { path, method, item, operation }: { path: string; method: string; item: Placed; operation: Placed },
  refuse: Refuse,
): DescribedOperation {
  const parameters = new Map<string, DescribedParameter>();
  for (const owner of [item, operation]) {
    const count = Array.isArray(owner.value.parameters) ? owner.value.parameters.length : 0;
    if (count > PARAMETERS_MAX) refuse(owner.pointer, `has more than ${PARAMETERS_MAX} parameters`);
    for (let index = 0; index < Math.min(count, PARAMETERS_MAX); index += 1) {
      const place = below(owner.pointer, 'parameters', index);
      const found = readParameter(document, place, refuse);
      // An operation's own takes the place of its path's.
      if (found !== undefined) parameters.set(`${found.in} ${found.name}`, found);
    }
  }
  const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  for (const { in: place, name, pointer } of parameters.values()) {
    if (place === 'path' && !names.includes(name)) refuse(pointer, `{${name}} does not stand in the path ${path}`);
  }
  return {
    method: method.toUpperCase(),
    path,
    pointer: operation.pointer,
    names,
    parameters: [...parameters.values()],
    body: readBody(document, below(operation.pointer, 'requestBody'), operation.value.requestBody, refuse),
    responses: readResponses(document, operation),
  };
}

/** RFC 9110 has them mean something of their own: an OpenAPI document does not describe them (§4.8.12.1). */
const RESERVED_HEADERS = new Set(['accept', 'content-type', 'authorization']);
const STYLES: Readonly<Record<ParameterPlace, readonly string[]>> = {
  path: ['simple'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
};

function readParameter(document: Json, place: string, refuse: Refuse): DescribedParameter | undefined {
  const found = placedAt(document, place);
  const { value, pointer } = found ?? { value: {}, pointer: place };
  const where = PLACES.find((each) => each === value.in);
  if (typeof value.name !== 'string' || value.name === '' || where === undefined) {
    refuse(place, 'must be a parameter with `name` and `in`');
    return undefined;
  }
  const name = where === 'header' ? value.name.toLowerCase() : value.name;
  if (where === 'header' && RESERVED_HEADERS.has(name)) return undefined;
  const style = typeof value.style === 'string' ? value.style : (STYLES[where][0] ?? '');
  if (!STYLES[where].includes(style)) {
    refuse(below(pointer, 'style'), `is not read in ${where}; use ${STYLES[where].join(', ')}`);
  }
  const [media, ...others] = isObject(value.content) ? Object.keys(value.content) : [];
  if (others.length > 0 || (media !== undefined && !isJson(media)))
    refuse(below(pointer, 'content'), 'of a parameter is read as JSON alone');
  const holder = media === undefined ? pointer : below(pointer, 'content', media);
  return {
    name,
    in: where,
    required: where === 'path' || value.required === true,
    style,
    explode: typeof value.explode === 'boolean' ? value.explode : style === 'form',
    allowEmptyValue: value.allowEmptyValue === true,
    isJson: media !== undefined,
    schema: schemaAt(document, holder),
    pointer,
  };
}

function schemaAt(document: Json, holder: string): string | undefined {
  const owner = placedAt(document, holder);
  return owner?.value.schema === undefined ? undefined : below(owner.pointer, 'schema');
}

function readBody(document: Json, place: string, stated: unknown, refuse: Refuse): DescribedOperation['body'] {
  if (stated === undefined) return undefined;
  const found = placedAt(document, place);
  if (found === undefined || !isObject(found.value.content)) {
    refuse(place, 'must be a request body with `content`');
    return undefined;
  }
  const content = Object.keys(found.value.content).map((mediaType) => ({
    mediaType: plainType(mediaType),
    schema: schemaAt(document, below(found.pointer, 'content', mediaType)),
    encodings: readEncodings(document, below(found.pointer, 'content', mediaType, 'encoding')),
  }));
  return { required: found.value.required === true, content };
}

/** OpenAPI 3.1, §4.8.15; `headers` and `style` are not held against requests. */
function readEncodings(document: Json, place: string): ReadonlyMap<string, DescribedEncoding> {
  const stated = placedAt(document, place)?.value ?? {};
  const found = new Map<string, DescribedEncoding>();
  for (const [name, encoding] of Object.entries(stated)) {
    if (!isObject(encoding) || typeof encoding.contentType !== 'string') continue;
    found.set(name, { contentTypes: encoding.contentType.split(',').map(plainType) });
  }
  return found;
}

function readResponses(document: Json, { value, pointer }: Placed): DescribedOperation['responses'] {
  const statuses = isObject(value.responses) ? Object.keys(value.responses) : [];
  return new Map(
    statuses.map((status) => {
      const found = placedAt(document, below(pointer, 'responses', status));
      const content = isObject(found?.value.content) ? Object.keys(found.value.content) : [];
      return [status === 'default' ? status : status.toUpperCase(), content.map(plainType)];
    }),
  );
}

/** In lower case, without parameters. */
export function plainType(mediaType: string): string {
  const end = mediaType.indexOf(';');
  return (end === -1 ? mediaType : mediaType.slice(0, end)).trim().toLowerCase();
}

export function isJson(mediaType: string): boolean {
  return /^application\/(?:json|[a-z0-9!#$&^_.+-]+\+json)$/.test(plainType(mediaType));
}

/** As problems of resources name places. */
function dotted(pointer: string): string {
  const names = pointer.slice(1).split('/');
  return ['document', ...names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))].join('.');
}
