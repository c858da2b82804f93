/** The attribute under which an entity has its relationships: `resource.relations.editor.contains(principal)`. */
export const RELATIONS = 'relations';

interface EntityName {
  readonly type: string;
  readonly id: string;
}

/**
 * Who knows the relationships of entities. Asked only when a policy gets as far as needing one; synchronous. What can't
 * be answered throws an `EvaluationFailure`: the policy is skipped and reported, like any other that fails.
 */
export interface EntityFacts {
  /** Names of the relations that entities of this type have; undefined when they have no attribute `relations`. */
  relationsOf(type: string): RelationNames | undefined;
  holds(object: EntityName, relation: string, subject: EntityName): boolean;
}

export interface RelationNames {
  has(name: string): boolean;
}

/** Stands for the record `entity.relations`: as official Cedar would see it, were every set of it written out. */
export class EntityRelations {
  readonly entity: EntityName;
  readonly names: RelationNames;
  readonly facts: EntityFacts;

  constructor(entity: EntityName, names: RelationNames, facts: EntityFacts) {
    this.entity = entity;
    this.names = names;
    this.facts = facts;
  }

  member(name: string): RelationMembers | undefined {
    return this.names.has(name) ? new RelationMembers(this.entity, name, this.facts) : undefined;
  }
}

/** Stands for the set of all who have a relation to an entity. It can be asked about members, and about nothing else. */
export class RelationMembers {
  readonly entity: EntityName;
  readonly relation: string;
  readonly facts: EntityFacts;

  constructor(entity: EntityName, relation: string, facts: EntityFacts) {
    this.entity = entity;
    this.relation = relation;
    this.facts = facts;
  }
}
