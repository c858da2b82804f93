import type { ReadCarried } from '../cedar/compile-expression.ts';
import { compileExpression } from '../cedar/compile-expression.ts';
import { RELATIONS, type RelationNames } from '../cedar/entity-relations.ts';
import type { Environment } from '../cedar/environment.ts';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import type { EntityJson, ExpressionJson } from '../cedar/policy-json.ts';
import type { Entity, EntityData, Value } from '../cedar/values.ts';
import type { Field } from './fields.ts';

/** What is known while the resource is not: everything but its id and attributes. */
export interface PartialInput {
  /** The request; its resource has the type and an id that stands for any. Asking for its data throws {@link NotCompilable}. */
  readonly environment: Environment;
  readonly resourceType: string;
  /** Undefined when nothing is known of attributes: what hangs on one is then undecided. */
  readonly fields: ReadonlyMap<string, Field> | undefined;
  /** Relations that resources of the type have. */
  readonly relations: RelationNames | undefined;
  /** Ids of all resources to which the subject has the relation. @throws NotCompilable when they are too many. */
  idsRelatedTo(relation: string, subject: Entity): readonly string[];
  readonly readCarried: ReadCarried;
  /** Counts the parts of the result: a policy can be written so that it explodes. @throws NotCompilable */
  spend(): void;
}

/** This part of a policy has no form as a condition on columns. Never widens a filter: there is none then. */
export class NotCompilable {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** An operand: known, failing, or something of the resource. */
export type Term =
  | { kind: 'value'; value: Value }
  | { kind: 'fails' }
  | { kind: 'undecided' }
  | { kind: 'field'; field: Field }
  | { kind: 'relations' }
  | { kind: 'members'; relation: string };

export const FAILING: Term = Object.freeze({ kind: 'fails' });
const UNDECIDED: Term = Object.freeze({ kind: 'undecided' });

/** Does it look at the resource? */
export function looksAtResource(expression: unknown): boolean {
  if (typeof expression !== 'object' || expression === null) return false;
  if ('Var' in expression) return expression.Var === 'resource';
  if ('Value' in expression && Object.keys(expression).length === 1) return false;
  return Object.values(expression).some(looksAtResource);
}

/** Evaluates what does not look at the resource, as a check does. */
export function evaluateKnown(expression: ExpressionJson, input: PartialInput): Term {
  try {
    return { kind: 'value', value: compileExpression(expression, input.readCarried).evaluate(input.environment) };
  } catch (cause) {
    if (cause instanceof EvaluationFailure) return FAILING;
    throw cause;
  }
}

/** An attribute of the resource as a column. */
export function attributeOfResource(name: string, input: PartialInput): Term {
  if (name === RELATIONS) return input.relations === undefined ? FAILING : { kind: 'relations' };
  if (input.fields === undefined) return UNDECIDED;
  const field = input.fields.get(name);
  if (field !== undefined) return { kind: 'field', field };
  throw new NotCompilable(`the table has no column for the attribute \`${name}\`; name one under \`attributes\``);
}

/** The resource's data, which nobody has: only entities that are surely not it can be asked about theirs. */
export function unknownResource(type: string, data: (type: string, id: string) => EntityData | undefined) {
  return {
    find(entityType: string, id: string): EntityData | undefined {
      const known = data(entityType, id);
      if (known === undefined && entityType === type) {
        throw new NotCompilable(`a policy looks into ${describe({ type, id })}, which may be the very resource`);
      }
      return known;
    },
  };
}

export function entityLiteral(expression: ExpressionJson): EntityJson | undefined {
  const value = expression.Value;
  if (typeof value !== 'object' || value === null || !('__entity' in value)) return undefined;
  return value.__entity as EntityJson;
}

function describe({ type, id }: EntityJson): string {
  return `${type}::${JSON.stringify(id)}`;
}
