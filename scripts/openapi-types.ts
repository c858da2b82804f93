/** TypeScript types from the server's OpenAPI document: of each path and method, what it takes and what it answers. */

/** As much of JSON Schema as the document uses; anything else makes the generator stop rather than guess. */
export interface Schema {
  type?: string | readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  description?: string;
  default?: unknown;
}

interface Media {
  schema?: Schema;
}

export interface Operation {
  summary?: string;
  description?: string;
  parameters?: readonly { in: string; name: string; required?: boolean; schema?: Schema; description?: string }[];
  requestBody?: { required?: boolean; content?: Readonly<Record<string, Media>> };
  responses: Readonly<Record<string, { content?: Readonly<Record<string, Media>> }>>;
}

export interface OpenApi {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A kind of resource and the word for many of it in paths. */
export interface KindName {
  kind: string;
  plural: string;
}

const NOT_UNDERSTOOD = ['$ref', 'allOf', 'not', 'if', 'prefixItems', 'patternProperties'];
const JSON_TYPE = 'application/json';

/** The whole module, not formatted yet. */
export function adminTypes({ paths }: OpenApi, kinds: readonly KindName[]): string {
  const names = nameSchemas(paths, kinds);
  const kindNames = new Set(kinds.map(({ kind }) => pascal(kind)));
  const printed = [...names].map(([shape, name]) => {
    const schema: Schema = JSON.parse(shape);
    const { spec } = schema.properties ?? {};
    return kindNames.has(name) && spec !== undefined
      ? `export type ${name} = Resource<${print(spec, names)}>;`
      : `export type ${name} = ${printShape(schema, names)};`;
  });
  const entries = Object.entries(paths).map(([path, operations]) => {
    const methods = Object.entries(operations).map(
      ([method, operation]) => `${comment(about(operation))}${method}: ${printOperation(operation, names)};`,
    );
    return `'${path}': {\n${methods.join('\n')}\n};`;
  });
  return `/** Written by \`npm run docs\` from the server's OpenAPI document (/openapi.json). Not for editing. */

/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** null on the last page */
  nextCursor: string | null;
}

/** What is configured: every kind of it has a schema of its own for \`spec\`. */
export type Resource<Spec> = ${printResource(paths, names)};

${printed.join('\n\n')}

/** Of each path and method: the parameters and the body it takes, and what it answers. */
export interface AdminPaths {
${entries.join('\n')}
}
`;
}

/** The same for every kind but for `spec`, so one stands for all. */
function printResource(paths: OpenApi['paths'], names: Names): string {
  const [answer] = answersOf(paths['/api/v1/roles/{name}']?.get);
  const { spec, ...members } = answer?.properties ?? {};
  if (answer === undefined || spec === undefined) throw new TypeError('there is no resource to take the shape from');
  return printShape({ ...answer, properties: members }, names).replace(/^\{/, '{\nspec: Spec;');
}

type Names = ReadonlyMap<string, string>;

/** Things that people speak of get a name: the spec of every kind, and what lists hold. By their whole shape, as text. */
function nameSchemas(paths: OpenApi['paths'], kinds: readonly KindName[]): Names {
  const names = new Map<string, string>();
  const give = (schema: Schema | undefined, name: string) => {
    if (schema === undefined) return;
    const key = keyOf(schema);
    if (!names.has(key) && ![...names.values()].includes(name)) names.set(key, name);
  };
  for (const { kind, plural } of kinds) {
    const body = bodyOf(paths[`/api/v1/${plural}/{name}`]?.put);
    give(body?.properties?.spec, `${pascal(kind)}Spec`);
    give(answersOf(paths[`/api/v1/${plural}/{name}`]?.get)[0], pascal(kind));
  }
  // Short paths first: what is listed in two places is called by the plainer one.
  const byLength = Object.entries(paths).toSorted(([a], [b]) => a.split('/').length - b.split('/').length);
  for (const [path, { get }] of byLength) {
    const [answer] = answersOf(get);
    const item = answer?.properties?.items?.items;
    if (item?.type === 'object') give(item, nounOf(path));
  }
  for (const [path, { get }] of byLength) {
    const [answer] = answersOf(get);
    if (answer?.type === 'object' && answer.properties?.items === undefined) give(answer, nounOf(path));
  }
  return names;
}

function printOperation(operation: Operation, names: Names): string {
  const members: string[] = [];
  const parameters = operation.parameters ?? [];
  for (const place of ['path', 'query'] as const) {
    const here = parameters.filter((one) => one.in === place);
    if (here.length === 0) continue;
    const fields = here.map(({ name, required = false, schema = {}, description }) => {
      // Query parameters may be given as undefined, which leaves them out: forms have them so.
      const type = `${print(schema, names)}${place === 'query' && !required ? ' | undefined' : ''}`;
      return `${comment(description)}${key(name)}${required ? '' : '?'}: ${type};`;
    });
    const optional = here.every(({ required = false }) => !required);
    members.push(`${place === 'path' ? 'params' : 'query'}${optional ? '?' : ''}: {\n${fields.join('\n')}\n};`);
  }
  const body = bodyOf(operation);
  if (body !== undefined) members.push(`body: ${print(body, names)};`);
  members.push(`answer: ${printAnswer(operation, names)};`);
  return `{\n${members.join('\n')}\n}`;
}

function printAnswer(operation: Operation, names: Names): string {
  const printed = Object.entries(operation.responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, { content }]) => {
      if (status === '204') return 'undefined';
      const schema = content?.[JSON_TYPE]?.schema;
      // Files and streams are described in words alone.
      return schema === undefined || Object.keys(schema).every((name) => name === 'description')
        ? 'string'
        : print(schema, names);
    });
  return [...new Set(printed)].join(' | ');
}

function print(schema: Schema, names: Names): string {
  const strange = Object.keys(schema).find((name) => NOT_UNDERSTOOD.includes(name));
  if (strange !== undefined) throw new TypeError(`the generator of types does not know '${strange}' yet`);
  return names.get(keyOf(schema)) ?? printShape(schema, names);
}

function printShape(schema: Schema, names: Names): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return union(choices.map((choice) => print(choice, names)));
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map(literal));
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length === 0) return 'unknown';
  return union(types.map((type) => PRINTERS[type]?.(schema, names) ?? 'unknown'));
}

const PRINTERS: Readonly<Record<string, (schema: Schema, names: Names) => string>> = {
  string: () => 'string',
  number: () => 'number',
  integer: () => 'number',
  boolean: () => 'boolean',
  null: () => 'null',
  array: ({ items = {} }, names) => {
    const item = print(items, names);
    return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`;
  },
  object: printObject,
};

function printObject(schema: Schema, names: Names): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const page = pageItem(schema);
  if (page !== undefined) return `Page<${print(page, names)}>`;
  const members = Object.entries(properties).map(
    ([name, child]) =>
      `${comment(child.description)}${key(name)}${required.includes(name) ? '' : '?'}: ${print(child, names)};`,
  );
  if (members.length > 0) {
    if (isOpen(additionalProperties)) members.push('[more: string]: unknown;');
    return `{\n${members.join('\n')}\n}`;
  }
  if (additionalProperties === false) return 'Record<string, never>';
  const value = typeof additionalProperties === 'object' ? print(additionalProperties, names) : 'unknown';
  const allowed = schema.propertyNames?.enum;
  if (allowed === undefined) return `Record<string, ${value}>`;
  const record = `Record<${union(allowed.map(literal))}, ${value}>`;
  return required.length === allowed.length ? record : `Partial<${record}>`;
}

function pageItem({ properties = {} }: Schema): Schema | undefined {
  const { items, nextCursor, ...more } = properties;
  return nextCursor !== undefined && Object.keys(more).length === 0 ? items?.items : undefined;
}

const isOpen = (additional: Schema['additionalProperties']) => additional === true || typeof additional === 'object';
const bodyOf = (operation: Operation | undefined) => operation?.requestBody?.content?.[JSON_TYPE]?.schema;
const answersOf = (operation: Operation | undefined): Schema[] =>
  Object.entries(operation?.responses ?? {})
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content }]) => content?.[JSON_TYPE]?.schema ?? []);

const union = (parts: readonly string[]) => [...new Set(parts)].join(' | ');
const literal = (value: unknown) => JSON.stringify(value);
const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
/** What a shape is known by: descriptions tell two uses of one shape apart without making them two types. */
const keyOf = ({ description: _, ...schema }: Schema) => JSON.stringify(schema);

const pascal = (text: string) =>
  text
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
const singular = (word: string) => word.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, '');

/** `/api/v1/organizations/{name}/members` → `OrganizationMember`. */
function nounOf(path: string): string {
  const words = path.split('/').filter((part) => part !== '' && !part.startsWith('{') && !/^(api|v\d+)$/.test(part));
  return words.map((word) => pascal(singular(word))).join('');
}

function about({ summary, description }: Operation): string | undefined {
  const text = [summary, description].filter((part) => part !== undefined).join('. ');
  return text === '' ? undefined : text;
}

function comment(text: string | undefined): string {
  return text === undefined ? '' : `/** ${text.replaceAll('*/', '* /').replaceAll(/\s*\n\s*/g, ' ')} */\n`;
}
