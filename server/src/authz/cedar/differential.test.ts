import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitrarySet } from './arbitrary-case.fixture.ts';
import { type Case, compiledSet, officialSet } from './both-engines.fixture.ts';

/**
 * The compiled engine and the official one agree on decision, determining policies and erroring policies. A case is one
 * policy under one request. `GATEHOUSE_DIFFERENTIAL_CASES=10000000` for a soak; `GATEHOUSE_DIFFERENTIAL_SEED` repeats a run.
 */
const CASES = Number(process.env.GATEHOUSE_DIFFERENTIAL_CASES ?? 100_000);
const SEED = Number(process.env.GATEHOUSE_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
const POLICIES_PER_SET = 25;
const QUESTIONS_PER_SET = 20;
const CASES_PER_SET = POLICIES_PER_SET * QUESTIONS_PER_SET;

describe('both engines', () => {
  it(
    `agree on ${CASES} cases of generated policies and requests (seed ${SEED})`,
    () => {
      const seen = { cases: 0, allow: 0, deny: 0, erroring: 0, reasons: 0 };
      const property = fc.property(arbitrarySet(POLICIES_PER_SET, QUESTIONS_PER_SET), (set) => {
        for (const policies of [set.policies, permitsOf(set.policies)]) {
          const official = officialSet(policies);
          const compiled = compiledSet(policies);
          for (const question of set.questions) {
            const request = { ...question, entities: set.entities };
            const answer = official(request);
            expect(compiled(request), JSON.stringify({ policies, ...request })).toEqual(answer);
            seen[answer.decision] += 1;
            seen.erroring += answer.erroring.length;
            seen.reasons += answer.reasons.length;
            if (policies === set.policies) seen.cases += POLICIES_PER_SET;
          }
        }
      });
      console.log(`differential seed ${SEED}`);
      fc.assert(property, { seed: SEED, numRuns: Math.ceil(CASES / CASES_PER_SET) });
      console.log('differential', seen);
      expect(seen.cases).toBeGreaterThanOrEqual(CASES);
      // A generator that only makes errors, or only denials, would prove little.
      expect(Math.min(seen.allow, seen.deny, seen.erroring, seen.reasons)).toBeGreaterThan(CASES / 100);
    },
    60_000 + CASES,
  );
});

/** Forbids hide permits: with many policies nearly every answer is a deny. So the permits are asked once more, alone. */
function permitsOf(policies: Case['policies']): Case['policies'] {
  return Object.fromEntries(Object.entries(policies).filter(([, text]) => text.startsWith('permit')));
}
