import { EngineExhausted, withCedarEngine } from './cedar-engine.ts';

/** The names that a schema brings in, for whoever writes policies or asks questions. */
export interface SchemaNames {
  entityTypes: readonly { name: string; attributes: readonly NamedAttribute[]; memberOf: readonly string[] }[];
  actions: readonly ActionNames[];
}

export interface NamedAttribute {
  name: string;
  /** In Cedar's words: `Long`, `Set<String>`, `Doc`, `{…}`. */
  type: string;
  required: boolean;
}

export interface ActionNames {
  name: string;
  principals: readonly string[];
  resources: readonly string[];
  context: readonly NamedAttribute[];
}

/** Undefined for a text that is no schema. */
export function readSchemaNames(schema: string): SchemaNames | undefined {
  const json = readSchemaJson(schema);
  return json === undefined ? undefined : namesOf(json);
}

/** Undefined for a text that is no schema. */
export function readSchemaJson(schema: string): SchemaJson | undefined {
  try {
    const answer = withCedarEngine((engine) => engine.schemaToJson(schema));
    return answer.type === 'failure' ? undefined : (answer.json as unknown as SchemaJson);
  } catch (cause) {
    if (cause instanceof EngineExhausted) return undefined;
    throw cause;
  }
}

/** Cedar's JSON form of a schema, as far as it is looked at here. */
export type SchemaJson = Record<string, Namespace>;
interface Namespace {
  entityTypes?: Record<string, { shape?: TypeJson; memberOfTypes?: string[]; enum?: string[] }>;
  actions?: Record<string, { appliesTo?: { principalTypes?: string[]; resourceTypes?: string[]; context?: TypeJson } }>;
  commonTypes?: Record<string, TypeJson>;
}
export interface TypeJson {
  type: string;
  name?: string;
  element?: TypeJson;
  attributes?: Record<string, TypeJson & { required?: boolean }>;
}

function namesOf(json: SchemaJson): SchemaNames {
  const spaces = Object.entries(json);
  return {
    entityTypes: spaces.flatMap(([space, { entityTypes = {}, commonTypes = {} }]) =>
      Object.entries(entityTypes).map(([name, { shape, memberOfTypes = [] }]) => ({
        name: qualified(space, name),
        attributes: attributesOf(shape, commonTypes),
        memberOf: memberOfTypes,
      })),
    ),
    actions: spaces.flatMap(([space, { actions = {}, commonTypes = {} }]) =>
      Object.entries(actions).map(([name, { appliesTo }]) => ({
        name: space === '' ? name : `${space}::${name}`,
        principals: appliesTo?.principalTypes ?? [],
        resources: appliesTo?.resourceTypes ?? [],
        context: attributesOf(appliesTo?.context, commonTypes),
      })),
    ),
  };
}

function qualified(space: string, name: string): string {
  return space === '' ? name : `${space}::${name}`;
}

function attributesOf(shape: TypeJson | undefined, common: Record<string, TypeJson>): NamedAttribute[] {
  const record = shape?.name === undefined ? shape : (common[shape.name] ?? shape);
  return Object.entries(record?.attributes ?? {}).map(([name, type]) => ({
    name,
    type: describeType(type),
    required: type.required ?? true,
  }));
}

function describeType({ type, name, element, attributes }: TypeJson): string {
  if (element !== undefined) return `Set<${describeType(element)}>`;
  return attributes === undefined ? (name ?? type) : '{…}';
}
