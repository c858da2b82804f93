import fc from 'fast-check';
import type { TupleKey } from './tuple.ts';

/** Relations of both types, by what they are made of. `parent` and the bases can be written; rules combine them. */
const BASES = ['b0', 'b1', 'b2'];
const RULES = ['r0', 'r1', 'r2', 'r3'];
const TYPES = ['folder', 'group'];
const IDS = ['1', '2', '3'];
const USERS = ['1', '2', '3'];

export const CONDITIONS = ['met', 'unmet', 'open'] as const;

interface Reference {
  type: string;
  relation?: string;
  wildcard?: object;
  condition?: string;
}

export interface ModelCase {
  json: object;
  tuples: TupleKey[];
}

const anyRelation = fc.constantFrom(...BASES, ...RULES);

const rewrite = fc.letrec<{ node: object }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    anyRelation.map((relation) => ({ computedUserset: { relation } })),
    anyRelation.map((relation) => ({ computedUserset: { relation } })),
    anyRelation.map((relation) => ({
      tupleToUserset: { tupleset: { relation: 'parent' }, computedUserset: { relation } },
    })),
    fc.constant({ this: {} }),
    fc.tuple(tie('node'), tie('node')).map((child) => ({ union: { child } })),
    fc.tuple(tie('node'), tie('node')).map((child) => ({ intersection: { child } })),
    fc.tuple(tie('node'), tie('node')).map(([base, subtract]) => ({ difference: { base, subtract } })),
  ),
})).node;

function referenceTo(conditions: boolean): fc.Arbitrary<Reference> {
  const plain = fc.oneof(
    fc.constant<Reference>({ type: 'user' }),
    fc.constant<Reference>({ type: 'user', wildcard: {} }),
    fc.record({ type: fc.constantFrom(...TYPES), relation: anyRelation }),
  );
  if (!conditions) return plain;
  return fc
    .tuple(plain, fc.option(fc.constantFrom(...CONDITIONS), { nil: undefined }))
    .map(([reference, condition]) => (condition === undefined ? reference : { ...reference, condition }));
}

/** Models with nesting, cycles, wildcards, intersections and exclusions, and tuples that fit them. Not every one is valid. */
export function arbitraryModel({ conditions }: { conditions: boolean }): fc.Arbitrary<ModelCase> {
  const references = fc.array(referenceTo(conditions), { minLength: 1, maxLength: 4 });
  const typeOf = (type: string) =>
    fc
      .record({
        bases: fc.tuple(references, references, references),
        rules: fc.tuple(rewrite, rewrite, rewrite, rewrite),
        ruleReferences: fc.tuple(references, references, references, references),
        parents: fc.subarray(TYPES, { minLength: 1 }),
      })
      .map(({ bases, rules, ruleReferences, parents }) => {
        const relations: Record<string, object> = { parent: { this: {} } };
        const related: Record<string, { directly_related_user_types: Reference[] }> = {
          parent: { directly_related_user_types: parents.map((parent) => ({ type: parent })) },
        };
        for (const [index, name] of BASES.entries()) {
          relations[name] = { this: {} };
          related[name] = { directly_related_user_types: [{ type: 'user' }, ...(bases[index] ?? [])] };
        }
        for (const [index, name] of RULES.entries()) {
          relations[name] = rules[index] ?? {};
          const written = JSON.stringify(rules[index]).includes('"this"');
          if (written) related[name] = { directly_related_user_types: ruleReferences[index] ?? [] };
        }
        return { type, relations, metadata: { relations: related } };
      });
  return fc.tuple(typeOf('folder'), typeOf('group')).chain(([folder, group]) => {
    const definitions = [folder, group];
    const json = {
      schema_version: '1.1',
      type_definitions: [{ type: 'user' }, ...definitions],
      ...(conditions ? { conditions: conditionsJson() } : {}),
    };
    const places = definitions.flatMap(({ type, metadata }) =>
      Object.entries(metadata.relations).flatMap(([relation, { directly_related_user_types }]) =>
        directly_related_user_types.map((reference) => ({ type, relation, reference })),
      ),
    );
    const tuple = fc
      .tuple(fc.constantFrom(...places), fc.constantFrom(...IDS), fc.constantFrom(...USERS))
      .map(([{ type, relation, reference }, id, other]) => toTuple(`${type}:${id}`, relation, reference, other));
    return fc.array(tuple, { maxLength: 25 }).map((tuples) => ({ json, tuples: distinct(tuples) }));
  });
}

function toTuple(object: string, relation: string, reference: Reference, id: string): TupleKey {
  const name = `${reference.type}:${reference.wildcard === undefined ? id : '*'}`;
  const user = reference.relation === undefined ? name : `${name}#${reference.relation}`;
  return {
    object,
    relation,
    user,
    ...(reference.condition === undefined ? {} : { condition: { name: reference.condition } }),
  };
}

function distinct(tuples: readonly TupleKey[]): TupleKey[] {
  return [...new Map(tuples.map((key) => [`${key.object}#${key.relation}@${key.user}`, key])).values()];
}

function conditionsJson(): object {
  const bool = { type_name: 'TYPE_NAME_BOOL' };
  return Object.fromEntries(CONDITIONS.map((name) => [name, { name, expression: name, parameters: { [name]: bool } }]));
}

/** `met` holds, `unmet` does not, and `open` can't be told. */
export const CONTEXT = { met: true, unmet: false };

export const OBJECTS = TYPES.flatMap((type) => IDS.map((id) => `${type}:${id}`));
export const RELATIONS = [...BASES, ...RULES];
export const SUBJECTS = [
  ...USERS.map((id) => `user:${id}`),
  'user:9',
  'user:*',
  'group:1#b0',
  'folder:2#r1',
  'group:9#r0',
];
