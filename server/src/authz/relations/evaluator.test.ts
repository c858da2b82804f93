import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatehouseError } from '#base';
import { arbitraryModel, CONTEXT, type ModelCase, OBJECTS, RELATIONS, SUBJECTS } from './arbitrary-model.fixture.ts';
import { answerCheck } from './evaluate/answer-check.ts';
import { objectsOf } from './evaluate/list-objects.ts';
import { usersOf } from './evaluate/list-users.ts';
import type { QueryScope } from './evaluate/query.ts';
import { compileModel } from './model/compile-model.ts';
import { NaiveEvaluator } from './naive-evaluator.fixture.ts';
import { changeTuple, openScope } from './open-scope.fixture.ts';
import { readObject, type TupleKey, writeSubject } from './tuple.ts';

const MET = new Map([
  ['met', true],
  ['unmet', false],
]);

function outcomeOf(work: () => boolean): 'yes' | 'no' | 'unknown' {
  try {
    return work() ? 'yes' : 'no';
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'validation_error') return 'unknown';
    throw error;
  }
}

/** Models made at random often make no sense; those are not of interest here. */
async function rulesOf(json: object) {
  try {
    return await compileModel(json);
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'invalid_authorization_model') return undefined;
    throw error;
  }
}

function* questions(): Generator<TupleKey> {
  for (const object of OBJECTS)
    for (const relation of RELATIONS) for (const user of SUBJECTS) yield { object, relation, user };
}

function someQuestions(seed: number): TupleKey[] {
  const pick = (list: readonly string[], offset: number) => list[(seed + offset) % list.length] ?? '';
  return Array.from({ length: 12 }, (_, index) => ({
    object: pick(OBJECTS, index * 5),
    relation: pick(RELATIONS, index * 3),
    user: pick(SUBJECTS, index * 7),
  }));
}

describe('the graph evaluator and the naive one agree', () => {
  type With = 'nothing' | 'context' | 'contextual tuples';
  const compare = async ({ json, tuples }: ModelCase, asked: With): Promise<void> => {
    const rules = await rulesOf(json);
    fc.pre(rules !== undefined);
    if (rules === undefined) return;
    const half = asked === 'contextual tuples' ? Math.floor(tuples.length / 2) : 0;
    const scope = openScope(rules, tuples.slice(half));
    const circumstances = asked === 'nothing' ? {} : { contextualTuples: tuples.slice(0, half), context: CONTEXT };
    for (const key of questions()) {
      const naive = new NaiveEvaluator(rules.model, tuples, key.user, MET);
      let wanted: ReturnType<NaiveEvaluator['check']>;
      try {
        wanted = naive.check(key.object, key.relation);
      } catch {
        continue;
      }
      if (wanted.paradox) continue;
      const found = outcomeOf(() => answerCheck(scope, key, circumstances));
      if (found !== wanted.outcome) expect({ key, found }).toEqual({ key, found: wanted.outcome });
    }
  };

  test('on models and tuples made at random', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryModel({ conditions: false }), (each) => compare(each, 'nothing')),
      { numRuns: 250 },
    );
  });

  test('with half of the tuples brought along by the request', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryModel({ conditions: false }), (each) => compare(each, 'contextual tuples')),
      { numRuns: 120 },
    );
  });

  test('after every single change, with all that was remembered before it', { timeout: 60_000 }, async () => {
    const changes = fc.array(fc.record({ at: fc.nat(), remove: fc.boolean() }), { minLength: 30, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(arbitraryModel({ conditions: false }), changes, async ({ json, tuples }, steps) => {
        const rules = await rulesOf(json);
        fc.pre(rules !== undefined && tuples.length > 0);
        if (rules === undefined) return;
        const scope = openScope(rules, []);
        const present = new Set<TupleKey>();
        for (const { at, remove } of steps) {
          const key = tuples[at % tuples.length];
          if (key === undefined) continue;
          changeTuple(scope.graph, rules, key, remove);
          if (remove) present.delete(key);
          else present.add(key);
          for (const question of someQuestions(at)) {
            const naive = new NaiveEvaluator(rules.model, [...present], question.user, MET);
            const wanted = naive.check(question.object, question.relation);
            if (!wanted.paradox) {
              expect({ question, found: outcomeOf(() => answerCheck(scope, question, {})) }).toEqual({
                question,
                found: wanted.outcome,
              });
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test('with conditions that hold, do not hold, and can not be told', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryModel({ conditions: true }), (each) => compare(each, 'context')),
      { numRuns: 120 },
    );
  });
});

describe('lists agree with checks', () => {
  test('objects: exactly those that a check allows; users: all that are named or more than everybody', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryModel({ conditions: false }), async ({ json, tuples }) => {
        const rules = await rulesOf(json);
        fc.pre(rules !== undefined);
        if (rules === undefined) return;
        const scope = openScope(rules, tuples);
        for (const relation of RELATIONS) {
          for (const user of SUBJECTS) compareObjects(scope, user, relation);
          for (const object of OBJECTS) compareUsers(scope, object, relation);
        }
      }),
      { numRuns: 120 },
    );
  });

  function compareObjects(scope: QueryScope, user: string, relation: string): void {
    for (const type of ['folder', 'group']) {
      // A userset has its own relation, also on an object of which nothing is known.
      const wanted = [...OBJECTS, `${type}:9`].filter(
        (object) => object.startsWith(type) && answerCheck(scope, { object, relation, user }, {}),
      );
      const found = [...objectsOf(scope, { user, relation, type })].sort();
      if (found.join() !== wanted.sort().join()) {
        expect({ user, relation, type, found }).toEqual({ user, relation, type, found: wanted });
      }
    }
  }

  function compareUsers(scope: QueryScope, object: string, relation: string): void {
    const name = readObject(object) ?? { type: '', id: '' };
    const found = [...usersOf(scope, { object: name, relation, filter: { type: 'user' } })].map(writeSubject);
    const everybody = answerCheck(scope, { object, relation, user: 'user:*' }, {});
    for (const user of found) expect(answerCheck(scope, { object, relation, user }, {}), user).toBe(true);
    expect(found.includes('user:*')).toBe(everybody);
    for (const user of ['user:1', 'user:2', 'user:3']) {
      const has = answerCheck(scope, { object, relation, user }, {});
      if (has && !everybody) expect(found).toContain(user);
    }
  }
});
