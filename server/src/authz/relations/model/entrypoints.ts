import type { Model, RelationDefinition, Restriction, Rewrite } from './model.ts';

/**
 * The relations (`type#relation`) that somebody could have at all: starting from what can be written directly, all that
 * follows from it, until nothing more is found.
 */
export function hasEntrypoints({ types }: Model): ReadonlySet<string> {
  const found = new Set<string>();
  const fromRestriction = ({ type, relation }: Restriction) =>
    relation === undefined || found.has(`${type}#${relation}`);
  const reached = (type: string, relation: RelationDefinition, rewrite: Rewrite): boolean => {
    switch (rewrite.kind) {
      case 'this':
        return relation.restrictions.some(fromRestriction);
      case 'computed':
        return found.has(`${type}#${rewrite.relation}`);
      case 'from': {
        const tupleset = types.get(type)?.get(rewrite.tupleset);
        return tupleset?.restrictions.some((parent) => found.has(`${parent.type}#${rewrite.relation}`)) === true;
      }
      case 'union':
        return rewrite.children.some((child) => reached(type, relation, child));
      case 'intersection':
        return rewrite.children.every((child) => reached(type, relation, child));
      case 'difference':
        return reached(type, relation, rewrite.base) && reached(type, relation, rewrite.subtract);
    }
  };
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const [type, relations] of types) {
      for (const relation of relations.values()) {
        if (reached(type, relation, relation.rewrite)) found.add(`${type}#${relation.name}`);
      }
    }
  }
  return found;
}

/** A relation of the type that is defined, over other relations of the same object, by itself. */
export function findCycle(relations: ReadonlyMap<string, RelationDefinition>): string | undefined {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): string | undefined => {
    if (trail.includes(name)) return name;
    if (done.has(name)) return undefined;
    for (const next of computedBy(relations.get(name)?.rewrite)) {
      const cycle = visit(next, [...trail, name]);
      if (cycle !== undefined) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const name of relations.keys()) {
    const cycle = visit(name, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function computedBy(rewrite: Rewrite | undefined): string[] {
  switch (rewrite?.kind) {
    case 'computed':
      return [rewrite.relation];
    case 'union':
    case 'intersection':
      return rewrite.children.flatMap(computedBy);
    case 'difference':
      return [...computedBy(rewrite.base), ...computedBy(rewrite.subtract)];
    default:
      return [];
  }
}
