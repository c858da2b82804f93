import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatehouseError } from '#base';
import { type Case, compiledAnswer, type EntityCase, officialAnswer, type Uid } from '../cedar/both-engines.fixture.ts';
import { arbitraryModel, type ModelCase, RELATIONS } from '../relations/arbitrary-model.fixture.ts';
import type { QueryScope } from '../relations/evaluate/query.ts';
import { compileModel } from '../relations/model/compile-model.ts';
import { NaiveEvaluator } from '../relations/naive-evaluator.fixture.ts';
import { openScope } from '../relations/open-scope.fixture.ts';
import { RequestFacts } from './request-facts.ts';
import { type FactPlace, tenantFacts } from './tenant-facts.ts';

/**
 * Policies that ask for relationships are plain Cedar: the official engine gets every set of `relations` written out, by
 * an evaluator that knows nothing of our graph, and must answer the same.
 */
const TYPES = { Folder: 'folder', Group: 'group', User: 'user' } as const;
const IDS = ['1', '2', '3'];
const ENTITIES: Uid[] = Object.keys(TYPES).flatMap((type) => IDS.map((id) => ({ type, id })));
const CASES = Number(process.env.GATEHOUSE_FACT_CASES ?? 60);

const uid = fc.constantFrom(...ENTITIES).map(({ type, id }) => `${type}::"${id}"`);
const object = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('resource', 'principal') },
  uid.filter((text) => !text.startsWith('User')),
);
const subject = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('principal', 'resource') }, uid);
const relation = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...RELATIONS, 'parent') }, fc.constant('missing'));
const list = fc.array(subject, { maxLength: 3 }).map((members) => `[${members.join(', ')}]`);
const clause = fc.letrec<{ clause: string }>((tie) => ({
  clause: fc.oneof(
    { maxDepth: 2 },
    {
      weight: 6,
      arbitrary: fc.tuple(object, relation, subject).map(([o, r, s]) => `${o}.relations.${r}.contains(${s})`),
    },
    fc.tuple(object, relation, list).map(([o, r, s]) => `${o}.relations.${r}.containsAny(${s})`),
    fc.tuple(object, relation, list).map(([o, r, s]) => `${o}.relations.${r}.containsAll(${s})`),
    fc.tuple(object, relation).map(([o, r]) => `${o}.relations["${r}"].contains("text")`),
    fc.tuple(object, relation).map(([o, r]) => `${o} has relations.${r}`),
    fc.tuple(object, relation).map(([o, r]) => `${o}.relations has ${r}`),
    fc.tuple(tie('clause'), tie('clause')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('clause'), tie('clause')).map(([a, b]) => `(${a} || ${b})`),
    tie('clause').map((a) => `!(${a})`),
    fc.tuple(tie('clause'), tie('clause'), tie('clause')).map(([a, b, c]) => `(if ${a} then ${b} else ${c})`),
  ),
})).clause;
const policy = fc
  .tuple(fc.constantFrom('permit', 'permit', 'forbid'), fc.constantFrom('when', 'unless'), clause)
  .map(([effect, kind, body]) => `${effect}(principal, action, resource) ${kind} { ${body} };`);
const request = fc.record({
  policies: fc.array(policy, { minLength: 20, maxLength: 20 }),
  principal: fc.constantFrom(...ENTITIES),
  resource: fc.constantFrom(...ENTITIES),
  model: arbitraryModel({ conditions: false }),
});

describe('relationships in policies', () => {
  it('are answered as the official engine answers when they are written out', { timeout: 60_000 }, async () => {
    const seen = { reasons: 0, erroring: 0, allow: 0 };
    await fc.assert(
      fc.asyncProperty(request, async ({ policies, principal, resource, model }) => {
        const prepared = await prepare(model);
        fc.pre(prepared !== undefined);
        if (prepared === undefined) return;
        const { scope, written } = prepared;
        const facts = new RequestFacts(tenantFacts(placesOf(scope)), {});
        const action = { type: 'Action', id: 'read' };
        // Only permits as well: among many policies some forbid nearly always fires.
        for (const chosen of [policies, policies.filter((text) => text.startsWith('permit'))]) {
          const texts = Object.fromEntries(chosen.map((text, index) => [`p${index}`, text]));
          const one: Case = { policies: texts, principal, action, resource, context: {}, entities: bare() };
          const official = officialAnswer({ ...one, entities: written });
          expect(compiledAnswer(one, facts), JSON.stringify({ one, tuples: model.tuples })).toEqual(official);
          seen.reasons += official.reasons.length;
          seen.erroring += official.erroring.length;
          if (official.decision === 'allow') seen.allow += 1;
        }
      }),
      { numRuns: CASES },
    );
    expect(Math.min(seen.reasons, seen.erroring, seen.allow)).toBeGreaterThan(CASES / 10);
  });
});

async function prepare({ json, tuples }: ModelCase): Promise<{ scope: QueryScope; written: EntityCase[] } | undefined> {
  try {
    const rules = await compileModel(json);
    const scope = openScope(rules, tuples);
    const written = bare().map((entity): EntityCase => {
      const type = TYPES[entity.uid.type as keyof typeof TYPES];
      const relations = [...(rules.model.types.get(type)?.keys() ?? [])].map((name) => {
        const members = ENTITIES.filter(({ type: subjectType, id }) => {
          const user = `${TYPES[subjectType as keyof typeof TYPES]}:${id}`;
          const { outcome, paradox } = new NaiveEvaluator(rules.model, tuples, user, new Map()).check(
            `${type}:${entity.uid.id}`,
            name,
          );
          if (paradox) throw new Paradox();
          return outcome === 'yes';
        });
        return [name, members.map((member) => ({ __entity: { ...member } }))] as const;
      });
      return { ...entity, attrs: { relations: Object.fromEntries(relations) } };
    });
    return { scope, written };
  } catch (error) {
    if (error instanceof Paradox || error instanceof RangeError) return undefined;
    if (error instanceof GatehouseError && error.code === 'invalid_authorization_model') return undefined;
    if (error instanceof Error && error.message.includes('steps')) return undefined;
    throw error;
  }
}

/** An exclusion that depends on its own opposite has no answer but by convention. */
class Paradox extends Error {}

function bare(): EntityCase[] {
  return ENTITIES.map((entity) => ({ uid: entity, attrs: {}, parents: [], tags: {} }));
}

function placesOf(scope: QueryScope): ReadonlyMap<string, FactPlace> {
  return new Map(
    Object.entries(TYPES).map(([entityType, type]) => [entityType, { source: 'test', type, scope: () => scope }]),
  );
}
