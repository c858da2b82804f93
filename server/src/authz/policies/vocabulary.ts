import { type ActionNames, type NamedAttribute, readSchemaNames } from '../cedar/read-schema.ts';
import { idsNamedIn } from '../decisions/policy-literals.ts';
import type { FactPlace } from '../facts/tenant-facts.ts';
import type { PolicySet } from '../policy-set.ts';

/** The names that policies, their schema and the relationships know: what an editor or a question may complete to. */
export interface Vocabulary {
  entityTypes: readonly TypeWords[];
  actions: readonly ActionNames[];
  /** Whether there is a schema; without one these are only the names that policies happen to use. */
  schema: boolean;
}

export interface TypeWords {
  name: string;
  attributes: readonly NamedAttribute[];
  memberOf: readonly string[];
  /** Names of its relations, for `resource.relations.<name>`. */
  relations: readonly string[];
}

const NAMES_MAX = 2_000;

export function vocabularyOf(
  set: PolicySet,
  places: ReadonlyMap<string, FactPlace>,
  schema: string | undefined,
): Vocabulary {
  const known = schema === undefined ? undefined : readSchemaNames(schema);
  const types = new Map<string, TypeWords>();
  for (const type of known?.entityTypes ?? []) types.set(type.name, { ...type, relations: [] });
  for (const name of typesNamedIn(set)) if (!types.has(name)) types.set(name, bare(name));
  for (const [name, place] of places) {
    const relations = [...(place.scope()?.model.types.get(place.type)?.keys() ?? [])];
    types.set(name, { ...(types.get(name) ?? bare(name)), relations });
  }
  const actions = new Map((known?.actions ?? []).map((action) => [action.name, action]));
  for (const name of idsNamedIn(set.compiled.policies, 'Action')) {
    if (!actions.has(name)) actions.set(name, { name, principals: [], resources: [], context: [] });
  }
  return {
    entityTypes: sorted(types),
    actions: sorted(actions),
    schema: known !== undefined,
  };
}

function bare(name: string): TypeWords {
  return { name, attributes: [], memberOf: [], relations: [] };
}

function sorted<T extends { name: string }>(named: ReadonlyMap<string, T>): T[] {
  return [...named.values()].sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, NAMES_MAX);
}

/** Types of entities that policies name: of literals, and of `is`. */
function typesNamedIn({ compiled }: PolicySet): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && 'id' in node && typeof node.type === 'string') found.add(node.type);
    if ('entity_type' in node && typeof node.entity_type === 'string') found.add(node.entity_type);
    for (const inner of Object.values(node)) visit(inner);
  };
  for (const { statement } of compiled.policies) visit(statement.json);
  found.delete('Action');
  return found;
}
