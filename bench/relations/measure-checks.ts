import type { Sample } from '../measure/report.ts';
import type { Question } from './sample-graph.ts';

export interface Contender {
  name: string;
  questions: readonly Question[];
  check: (question: Question) => boolean;
}

/** Checks between two looks at the clock. */
const BATCH = 64;
const LATENCIES = 4_000;

/**
 * In turn, round after round, as the speed of the machine drifts. Rates are of the processor's seconds, not of the wall's:
 * on a machine that does other things too, they say what one core does.
 */
export function measureChecks(
  contenders: readonly Contender[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Map<string, Sample[]> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) runFor(contender, seconds / 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      // What the one before asked about is remembered now, and for who asks about the same it would be a present.
      askEach(contender, seconds / 2);
      const { checks, cpuSeconds } = runFor(contender, seconds);
      const latencies = oneByOne(contender);
      samples.get(contender.name)?.push({
        requestsPerSecond: checks / cpuSeconds,
        p50Milliseconds: quantile(latencies, 0.5),
        p99Milliseconds: quantile(latencies, 0.99),
        cpuSecondsPer10000: (cpuSeconds / checks) * 10_000,
      });
    }
  }
  return samples;
}

export function cpuSecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Each question once, for so long at most. */
function askEach({ questions, check }: Contender, secondsMax: number): void {
  const end = performance.now() + secondsMax * 1000;
  for (const [index, question] of questions.entries()) {
    if (index % BATCH === 0 && performance.now() > end) return;
    check(question);
  }
}

function runFor({ questions, check }: Contender, seconds: number): { checks: number; cpuSeconds: number } {
  const begun = performance.now();
  let checks = 0;
  const cpuSeconds = cpuSecondsOf(() => {
    while (performance.now() - begun < seconds * 1000) {
      for (let each = 0; each < BATCH; each += 1) {
        const question = questions[(checks + each) % questions.length];
        if (question !== undefined) check(question);
      }
      checks += BATCH;
    }
  });
  return { checks, cpuSeconds };
}

function oneByOne({ questions, check }: Contender): Float64Array {
  const latencies = new Float64Array(Math.min(LATENCIES, questions.length));
  for (let index = 0; index < latencies.length; index += 1) {
    const question = questions[index];
    const begun = process.hrtime.bigint();
    if (question !== undefined) check(question);
    latencies[index] = Number(process.hrtime.bigint() - begun) / 1e6;
    // A peer that needs milliseconds for each has shown enough after a second.
    if (index > 100 && index % 100 === 0 && latencies.subarray(0, index).reduce((sum, each) => sum + each, 0) > 1_000) {
      return latencies.slice(0, index).sort();
    }
  }
  return latencies.sort();
}

export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
