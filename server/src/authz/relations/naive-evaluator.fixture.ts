import type { Model, RelationDefinition, Rewrite } from './model/model.ts';
import { readObject, readSubject, type SubjectName, type TupleKey } from './tuple.ts';

/** What the naive evaluator found; `leansOn` holds the states under way that a no leant on. */
interface Found {
  outcome: 'yes' | 'no' | 'unknown';
  leansOn: ReadonlySet<string>;
}

export interface NaiveAnswer {
  outcome: 'yes' | 'no' | 'unknown';
  /** An exclusion depended on its own opposite: then what is asked has no answer but by convention. */
  paradox: boolean;
}

const NOTHING: ReadonlySet<string> = new Set();
const NO: Found = { outcome: 'no', leansOn: NOTHING };
const YES: Found = { outcome: 'yes', leansOn: NOTHING };
const UNKNOWN: Found = { outcome: 'unknown', leansOn: NOTHING };

/**
 * The definition of a check, written down as simply as possible: names instead of numbers, every tuple looked at each
 * time, nothing remembered. Conditions are true, false, or not known, by name.
 */
export class NaiveEvaluator {
  readonly #model: Model;
  readonly #tuples: readonly TupleKey[];
  readonly #subject: SubjectName;
  readonly #user: string;
  readonly #conditions: ReadonlyMap<string, boolean>;
  #paradox = false;
  stepsLeft = 20_000;

  constructor(model: Model, tuples: readonly TupleKey[], user: string, conditions: ReadonlyMap<string, boolean>) {
    this.#model = model;
    this.#tuples = tuples;
    this.#user = user;
    this.#subject = readSubject(user) ?? { type: '', id: '' };
    this.#conditions = conditions;
  }

  check(object: string, relation: string): NaiveAnswer {
    this.#paradox = false;
    const { outcome } = this.#evaluate(object, relation, []);
    return { outcome, paradox: this.#paradox };
  }

  #evaluate(object: string, relation: string, path: readonly string[]): Found {
    this.stepsLeft -= 1;
    if (this.stepsLeft < 0) throw new RangeError('too many steps for a naive evaluator');
    const state = `${object}#${relation}`;
    if (state === this.#user) return YES;
    if (path.includes(state)) return { outcome: 'no', leansOn: new Set([state]) };
    const definition = this.#model.types.get(readObject(object)?.type ?? '')?.get(relation);
    if (definition === undefined) return NO;
    const found = this.#rewrite(object, definition, definition.rewrite, [...path, state]);
    return { ...found, leansOn: found.leansOn.difference(new Set([state])) };
  }

  #rewrite(object: string, definition: RelationDefinition, rewrite: Rewrite, path: readonly string[]): Found {
    switch (rewrite.kind) {
      case 'this':
        return this.#direct(object, definition, path);
      case 'computed':
        return this.#evaluate(object, rewrite.relation, path);
      case 'from':
        return any(
          this.#tuplesOf(object, rewrite.tupleset)
            .filter(({ user }) => readSubject(user)?.relation === undefined)
            .map((key) => () => {
              const counts = this.#condition(key);
              return counts === YES ? this.#evaluate(key.user, rewrite.relation, path) : counts;
            }),
        );
      case 'union':
        return any(rewrite.children.map((child) => () => this.#rewrite(object, definition, child, path)));
      case 'intersection':
        return all(rewrite.children.map((child) => this.#rewrite(object, definition, child, path)));
      case 'difference': {
        const base = this.#rewrite(object, definition, rewrite.base, path);
        if (base.outcome === 'no') return base;
        const subtract = this.#rewrite(object, definition, rewrite.subtract, path);
        if (subtract.outcome === 'yes') return NO;
        if (subtract.leansOn.size > 0) {
          this.#paradox = true;
          return { outcome: 'no', leansOn: subtract.leansOn };
        }
        return base.outcome === 'unknown' || subtract.outcome === 'unknown' ? UNKNOWN : YES;
      }
    }
  }

  #direct(object: string, { name }: RelationDefinition, path: readonly string[]): Found {
    return any(
      this.#tuplesOf(object, name).map((key) => () => {
        const counts = this.#condition(key);
        if (counts === NO) return NO;
        const { type, id } = this.#subject;
        const everybody = this.#subject.relation === undefined && key.user === `${type}:*`;
        if (key.user === this.#user || (everybody && id !== '*')) return counts;
        const userset = readSubject(key.user);
        if (userset?.relation === undefined || counts === UNKNOWN) return userset?.relation === undefined ? NO : counts;
        return this.#evaluate(`${userset.type}:${userset.id}`, userset.relation, path);
      }),
    );
  }

  #tuplesOf(object: string, relation: string): TupleKey[] {
    return this.#tuples.filter((key) => key.object === object && key.relation === relation);
  }

  #condition({ condition }: TupleKey): Found {
    if (condition === undefined) return YES;
    const met = this.#conditions.get(condition.name);
    return met === undefined ? UNKNOWN : met ? YES : NO;
  }
}

function any(work: readonly (() => Found)[]): Found {
  const found = work.map((each) => each());
  if (found.some(({ outcome }) => outcome === 'yes')) return YES;
  const leansOn = found.reduce<ReadonlySet<string>>((sum, each) => sum.union(each.leansOn), NOTHING);
  return { outcome: found.some(({ outcome }) => outcome === 'unknown') ? 'unknown' : 'no', leansOn };
}

function all(found: readonly Found[]): Found {
  const refusals = found.filter(({ outcome }) => outcome === 'no');
  const definite = refusals.find(({ leansOn }) => leansOn.size === 0);
  if (definite !== undefined) return definite;
  const [refusal] = refusals;
  if (refusal !== undefined) return refusal;
  return found.some(({ outcome }) => outcome === 'unknown') ? UNKNOWN : YES;
}
