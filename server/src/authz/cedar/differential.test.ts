import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryCase } from './arbitrary-case.fixture.ts';
import { type Case, compiledAnswer, officialAnswer } from './both-engines.fixture.ts';

/**
 * The compiled engine and the official one agree on decision, determining policies and erroring policies.
 * `GATEHOUSE_DIFFERENTIAL_CASES=100000` for a soak; `GATEHOUSE_DIFFERENTIAL_SEED` repeats a run.
 */
const CASES = Number(process.env.GATEHOUSE_DIFFERENTIAL_CASES ?? 5000);
const SEED = Number(process.env.GATEHOUSE_DIFFERENTIAL_SEED ?? Date.now() % 2 ** 31);
const POLICIES_PER_CALL = 25;

describe('both engines', () => {
  it(
    `agree on ${CASES} generated policies (seed ${SEED})`,
    () => {
      const seen = { allow: 0, deny: 0, erroring: 0, reasons: 0 };
      const property = fc.property(arbitraryCase(POLICIES_PER_CALL), (request) => {
        const official = officialAnswer(request);
        for (const one of [request, permitsOnly(request, official.erroring)]) {
          const answer = one === request ? official : officialAnswer(one);
          expect(compiledAnswer(one), JSON.stringify(one)).toEqual(answer);
          seen[answer.decision] += 1;
          seen.erroring += answer.erroring.length;
          seen.reasons += answer.reasons.length;
        }
      });
      console.log(`differential seed ${SEED}`);
      fc.assert(property, { seed: SEED, numRuns: Math.ceil(CASES / POLICIES_PER_CALL) });
      console.log('differential', seen);
      // A generator that only makes errors, or only denials, would prove little.
      expect(Math.min(seen.allow, seen.deny, seen.erroring, seen.reasons)).toBeGreaterThan(CASES / 100);
    },
    CASES * 20,
  );
});

/**
 * Forbids hide permits: with many policies nearly every answer is a deny. So the permits are asked again without the
 * forbids, which reports each of them that is satisfied.
 */
function permitsOnly(request: Case, erroring: readonly string[]): Case {
  const permits = Object.entries(request.policies).filter(
    ([name, text]) => text.startsWith('permit') && !erroring.includes(name),
  );
  return { ...request, policies: Object.fromEntries(permits) };
}
