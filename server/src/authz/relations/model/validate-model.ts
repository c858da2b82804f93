import { findCycle, hasEntrypoints } from './entrypoints.ts';
import { describeRestriction, type Model, type RelationDefinition, type Rewrite, walkRewrite } from './model.ts';
import { invalidModel } from './read-model.ts';

const RESERVED = new Set(['self', 'this']);

/**
 * Does the model make sense? The rules are OpenFGA's: whatever a rewrite or a restriction names exists, a relation has
 * restrictions if and only if tuples of it can be written, somebody could ever have it, and it isn't defined by itself.
 * @throws `invalid_authorization_model`
 */
export function validateModel(model: Model): void {
  for (const [type, relations] of model.types) {
    if (RESERVED.has(type)) throw invalidModel(`'${type}' is a reserved word and can not name a type`);
    for (const relation of relations.values()) {
      const place = `${type}#${relation.name}`;
      if (RESERVED.has(relation.name)) throw invalidModel(`'${place}' is named with a reserved word`);
      for (const rewrite of walkRewrite(relation.rewrite)) checkRewrite(model, type, relation, rewrite);
      checkRestrictions(model, place, relation);
    }
  }
  for (const [type, relations] of model.types) {
    const cycle = findCycle(relations);
    if (cycle !== undefined) throw invalidModel(`'${type}#${cycle}' is defined by itself`);
  }
  const reachable = hasEntrypoints(model);
  for (const [type, relations] of model.types) {
    for (const name of relations.keys()) {
      if (!reachable.has(`${type}#${name}`)) throw invalidModel(`nobody could ever have '${type}#${name}'`);
    }
  }
  for (const [name, condition] of model.conditions) {
    if (name !== condition.name) throw invalidModel(`the condition '${name}' calls itself '${condition.name}'`);
  }
}

function checkRewrite({ types }: Model, type: string, relation: RelationDefinition, rewrite: Rewrite): void {
  const place = `${type}#${relation.name}`;
  const relations = types.get(type);
  if (rewrite.kind === 'computed') {
    if (rewrite.relation === relation.name) throw invalidModel(`'${place}' is defined by itself`);
    if (relations?.has(rewrite.relation) !== true) {
      throw invalidModel(`'${place}' names the relation '${rewrite.relation}', which '${type}' does not have`);
    }
  }
  if (rewrite.kind !== 'from') return;
  const tupleset = relations?.get(rewrite.tupleset);
  if (tupleset === undefined) {
    throw invalidModel(`'${place}' follows '${rewrite.tupleset}', which '${type}' does not have`);
  }
  if (tupleset.rewrite.kind !== 'this') {
    throw invalidModel(`'${place}' follows '${rewrite.tupleset}', which must be a direct relation`);
  }
  if (!tupleset.restrictions.some((restriction) => types.get(restriction.type)?.has(rewrite.relation) === true)) {
    throw invalidModel(
      `'${place}': none of the types of '${type}#${rewrite.tupleset}' has a relation '${rewrite.relation}'`,
    );
  }
}

function checkRestrictions({ types, conditions }: Model, place: string, relation: RelationDefinition): void {
  const assignable = [...walkRewrite(relation.rewrite)].some(({ kind }) => kind === 'this');
  if (assignable && relation.restrictions.length === 0) {
    throw invalidModel(`'${place}' can be written but does not say for which types`);
  }
  if (!assignable && relation.restrictions.length > 0) {
    throw invalidModel(`'${place}' names types but can not be written`);
  }
  for (const restriction of relation.restrictions) {
    const text = describeRestriction(restriction);
    const relations = types.get(restriction.type);
    if (relations === undefined) throw invalidModel(`'${place}' allows '${text}', whose type does not exist`);
    const plain = restriction.relation === undefined && !restriction.wildcard;
    if (relation.isTupleset && !plain) {
      throw invalidModel(`'${place}' is followed by another relation and can not allow '${text}', only objects`);
    }
    if (restriction.relation !== undefined && (restriction.wildcard || !relations.has(restriction.relation))) {
      throw invalidModel(`'${place}' allows '${text}', which does not exist`);
    }
    if (restriction.condition !== undefined && !conditions.has(restriction.condition)) {
      throw invalidModel(`'${place}' allows '${text}', whose condition does not exist`);
    }
  }
}
