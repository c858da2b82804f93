import type { EntityFacts, RelationNames } from '../cedar/entity-relations.ts';
import { EvaluationFailure } from '../cedar/evaluation-failure.ts';
import type { CedarRecord } from '../cedar/values.ts';
import { RELATION_LIMITS } from '../relations/limits.ts';

/** In Cedar's names: `Document::"1"` has among its `editor`s `User::"ann"`. */
export interface FactQuestion {
  object: EntityName;
  relation: string;
  subject: EntityName;
}

interface EntityName {
  readonly type: string;
  readonly id: string;
}

export interface AskedFact extends FactQuestion {
  holds: boolean;
  /** Version of the model under which it was answered, where that is known. */
  model?: string;
}

/** The relationships of one tenant, as they stand in memory. */
export interface TenantFacts {
  /** @throws EvaluationFailure when the type has relationships that are not in memory. */
  relationsOf(type: string): RelationNames | undefined;
  /** Version of the model that says what the type's relationships mean. */
  modelOf?(type: string): string | undefined;
  /**
   * @param stepsMax what the answer may cost; `stepsLeft` of it comes back
   * @throws EvaluationFailure
   */
  check(question: FactQuestion, context: CedarRecord, stepsMax: number): { allowed: boolean; stepsLeft: number };
}

/** Questions of one decision that differ. A policy asks a handful; `containsAny` with a long list asks for each. */
const QUESTIONS_MAX = 200;

/** Answers one decision's questions: each once, and all together within the bounds of one check. */
export class RequestFacts implements EntityFacts {
  private readonly facts: TenantFacts;
  private readonly context: CedarRecord;
  private readonly answers = new Map<string, AskedFact>();
  private stepsLeft: number = RELATION_LIMITS.checkStepsMax;

  constructor(facts: TenantFacts, context: CedarRecord) {
    this.facts = facts;
    this.context = context;
  }

  relationsOf(type: string): RelationNames | undefined {
    return this.facts.relationsOf(type);
  }

  holds(object: EntityName, relation: string, subject: EntityName): boolean {
    // Only questions about well-formed names are answered and kept, and those hold no space.
    const key = `${object.type} ${object.id} ${relation} ${subject.type} ${subject.id}`;
    const known = this.answers.get(key);
    if (known !== undefined) return known.holds;
    if (this.answers.size >= QUESTIONS_MAX) {
      throw new EvaluationFailure(`policies ask about more than ${QUESTIONS_MAX} relationships in one decision`);
    }
    const question = { object: nameOf(object), relation, subject: nameOf(subject) };
    const { allowed, stepsLeft } = this.facts.check(question, this.context, this.stepsLeft);
    this.stepsLeft = stepsLeft;
    const model = this.facts.modelOf?.(object.type);
    this.answers.set(key, { ...question, holds: allowed, ...(model === undefined ? {} : { model }) });
    return allowed;
  }

  asked(): readonly AskedFact[] {
    return [...this.answers.values()];
  }
}

/** Without the data that an entity of the request carries. */
function nameOf({ type, id }: EntityName): EntityName {
  return { type, id };
}
