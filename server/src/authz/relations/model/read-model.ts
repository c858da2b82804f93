import { relationsErrors } from '../../errors.ts';
import { RELATION_LIMITS } from '../limits.ts';
import { type Model, type RelationDefinition, type Restriction, type Rewrite, walkRewrite } from './model.ts';
import { type AuthorizationModelJson, authorizationModelJson } from './model-json.ts';

const SCHEMA_VERSIONS = ['1.1', '1.2'];

/**
 * Reads an authorization model from its JSON form. What it says is checked for form only; see `validateModel`.
 * @throws `invalid_authorization_model`, `unsupported_schema_version`, `exceeded_entity_limit`
 */
export function readModel(input: unknown): Model {
  const result = authorizationModelJson.safeParse(input);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalidModel(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of the expected form'}`);
  }
  const json = result.data;
  if (!SCHEMA_VERSIONS.includes(json.schema_version)) throw relationsErrors.unsupported_schema_version();
  const types = new Map<string, Map<string, RelationDefinition>>();
  for (const definition of json.type_definitions) {
    if (types.has(definition.type)) throw invalidModel(`the type '${definition.type}' is defined twice`);
    types.set(definition.type, readRelations(definition));
  }
  markTuplesets(types);
  return {
    schemaVersion: json.schema_version,
    types,
    conditions: new Map(Object.entries(json.conditions ?? {})),
    json,
  };
}

export function invalidModel(message: string) {
  return relationsErrors.invalid_authorization_model({ message: `The authorization model is not valid: ${message}.` });
}

type TypeDefinition = AuthorizationModelJson['type_definitions'][number];

function readRelations({ type, relations, metadata }: TypeDefinition): Map<string, RelationDefinition> {
  const entries = Object.entries(relations ?? {});
  if (entries.length > RELATION_LIMITS.relationsPerTypeMax) {
    throw relationsErrors.exceeded_entity_limit({
      message: `The type '${type}' has more than ${RELATION_LIMITS.relationsPerTypeMax} relations.`,
    });
  }
  const related = metadata?.relations ?? {};
  return new Map(
    entries.map(([name, rewrite]) => [
      name,
      {
        name,
        rewrite: readRewrite(rewrite, `${type}#${name}`, 1),
        restrictions: (related[name]?.directly_related_user_types ?? []).map(toRestriction),
        isTupleset: false,
      },
    ]),
  );
}

type Reference = NonNullable<
  NonNullable<NonNullable<TypeDefinition['metadata']>['relations']>[string]['directly_related_user_types']
>[number];

function toRestriction({ type, relation, wildcard, condition }: Reference): Restriction {
  return {
    type,
    wildcard: wildcard !== undefined,
    ...(relation === undefined ? {} : { relation }),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** By hand instead of by a recursive schema, so that ten thousand nested levels are refused and not walked. */
function readRewrite(input: unknown, place: string, depth: number): Rewrite {
  if (depth > RELATION_LIMITS.rewriteDepthMax) {
    throw invalidModel(`'${place}' is nested more than ${RELATION_LIMITS.rewriteDepthMax} levels deep`);
  }
  const given = members(input).filter(([, value]) => value !== undefined && value !== null);
  const [entry] = given;
  if (given.length !== 1 || entry === undefined) {
    throw invalidModel(`'${place}' must have exactly one of this, computedUserset, tupleToUserset, union, …`);
  }
  const [kind, value] = entry;
  if (kind === 'this') return { kind: 'this' };
  if (kind === 'computedUserset') return { kind: 'computed', relation: textOf(value, 'relation', place) };
  if (kind === 'tupleToUserset') {
    return {
      kind: 'from',
      tupleset: textOf(memberOf(value, 'tupleset'), 'relation', place),
      relation: textOf(memberOf(value, 'computedUserset'), 'relation', place),
    };
  }
  if (kind === 'union' || kind === 'intersection') {
    const children = memberOf(value, 'child');
    if (!Array.isArray(children) || children.length < 2 || children.length > 100) {
      throw invalidModel(`the ${kind} in '${place}' must have 2 to 100 children`);
    }
    return { kind, children: children.map((child) => readRewrite(child, place, depth + 1)) };
  }
  if (kind === 'difference') {
    const base = readRewrite(memberOf(value, 'base'), place, depth + 1);
    return { kind, base, subtract: readRewrite(memberOf(value, 'subtract'), place, depth + 1) };
  }
  throw invalidModel(`'${place}' has an unknown operator '${kind}'`);
}

function members(input: unknown): [string, unknown][] {
  return typeof input === 'object' && input !== null ? Object.entries(input) : [];
}

function memberOf(input: unknown, name: string): unknown {
  return members(input).find(([key]) => key === name)?.[1];
}

function textOf(input: unknown, name: string, place: string): string {
  const value = memberOf(input, name);
  if (typeof value !== 'string' || value === '') throw invalidModel(`'${place}' names no ${name}`);
  return value;
}

function markTuplesets(types: Map<string, Map<string, RelationDefinition>>): void {
  for (const relations of types.values()) {
    for (const { rewrite } of [...relations.values()]) {
      for (const part of walkRewrite(rewrite)) {
        const tupleset = part.kind === 'from' ? relations.get(part.tupleset) : undefined;
        if (tupleset !== undefined) relations.set(tupleset.name, { ...tupleset, isTupleset: true });
      }
    }
  }
}
