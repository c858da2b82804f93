import { readSchemaJson, type SchemaJson, type TypeJson } from './read-schema.ts';

/**
 * A schema as TypeScript, for `createAuthorize` of the SDK: who misspells an action, a type or an attribute is told by the
 * compiler. Undefined for a text that is no schema.
 */
export function writePolicyTypes(schema: string): string | undefined {
  const json = readSchemaJson(schema);
  if (json === undefined) return undefined;
  const scopes = Object.entries(json).map(([space, names]) => ({ json, space, names }));
  const entities = scopes.flatMap(({ space, names, ...rest }) =>
    Object.entries(names.entityTypes ?? {}).map(([name, { shape, enum: ids }]) => {
      const id = ids === undefined ? 'string' : ids.map(quote).join(' | ');
      return [qualified(space, name), `{ id: ${id}; properties: ${typeOf(shape, { ...rest, space }, OURS.resource)} }`];
    }),
  );
  const actions = scopes.flatMap(({ space, names, ...rest }) =>
    Object.entries(names.actions ?? {}).map(([name, { appliesTo }]) => {
      const types = (appliesTo?.resourceTypes ?? []).map((type) => quote(entityIn(json, space, type)));
      const resource = types.length === 0 ? 'never' : types.join(' | ');
      const context = typeOf(appliesTo?.context, { ...rest, space }, OURS.context);
      return [qualified(space, name), `{ resource: ${resource}; context: ${context} }`];
    }),
  );
  return `// Written by \`gatehouse policy types\` from the policy schema. Write it again when the schema changes.

export interface Policies {
  entities: ${members(entities)};
  actions: ${members(actions)};
}
`;
}

/** What whoever decides fills in itself: a question does not bring it along. */
const OURS = { resource: ['relations'], context: ['time', 'action'] } as const;

/**
 * In Cedar's words, what JSON can say. Entities, addresses, decimals and times it can not: such attributes come from the
 * directory and the relationships alone.
 */
const PRIMITIVES: Readonly<Record<string, string>> = { String: 'string', Long: 'number', Bool: 'boolean' };

/** `{}` would let everything through. */
const NOTHING = 'Record<string, never>';

/** Common types may not go round in circles, so this ends; deeper than any text that a person would write is not looked at. */
const DEPTH_MAX = 64;

interface Place {
  json: SchemaJson;
  space: string;
}

function typeOf(type: TypeJson | undefined, place: Place, without: readonly string[] = [], depth = 0): string {
  if (type === undefined) return NOTHING;
  if (depth > DEPTH_MAX) return 'unknown';
  if (type.element !== undefined) return `readonly (${typeOf(type.element, place, [], depth + 1)})[]`;
  if (type.attributes !== undefined || type.type === 'Record') {
    const told = Object.entries(type.attributes ?? {}).filter(([name]) => !without.includes(name));
    const each = told.map(([name, attribute]) => {
      const written = typeOf(attribute, place, [], depth + 1);
      return `${quote(name)}${attribute.required === false ? '?' : ''}: ${written}`;
    });
    return each.length === 0 ? NOTHING : `{ ${each.join('; ')} }`;
  }
  const name = type.name ?? type.type;
  const common = commonIn(place, name);
  if (common !== undefined) return typeOf(common.type, { ...place, space: common.space }, without, depth + 1);
  return PRIMITIVES[name.replace(/^__cedar::/, '')] ?? 'never';
}

/** A name without a namespace is looked for in its own first, then outside of all. */
function commonIn({ json, space }: Place, name: string): { type: TypeJson; space: string } | undefined {
  for (const [where, local] of placesOf(space, name)) {
    const types = json[where]?.commonTypes ?? {};
    const type = Object.hasOwn(types, local) ? types[local] : undefined;
    if (type !== undefined) return { type, space: where };
  }
  return undefined;
}

function entityIn(json: SchemaJson, space: string, name: string): string {
  const found = placesOf(space, name).find(([where, local]) => Object.hasOwn(json[where]?.entityTypes ?? {}, local));
  return found === undefined ? name : qualified(...found);
}

function placesOf(space: string, name: string): [space: string, name: string][] {
  const end = name.lastIndexOf('::');
  if (end !== -1) return [[name.slice(0, end), name.slice(end + 2)]];
  return space === ''
    ? [['', name]]
    : [
        [space, name],
        ['', name],
      ];
}

const qualified = (space: string, name: string) => (space === '' ? name : `${space}::${name}`);

function members(named: readonly (readonly string[])[]): string {
  const lines = named.toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
  return `{\n${lines.map(([name = '', type = '']) => `    ${quote(name)}: ${type};\n`).join('')}  }`;
}

/** As TypeScript's text: JSON's, without what would end a line there. */
const quote = (name: string) => JSON.stringify(name).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
