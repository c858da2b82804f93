import { cpuSeconds } from './cpu-seconds.ts';
import { type Load, runLoad } from './load.ts';
import type { Sample } from './report.ts';

export interface Contender {
  name: string;
  pid: number;
  /** Processes of its family whose time counts, by command name; all of them unless given. */
  counts?: (command: string) => boolean;
  load: Omit<Load, 'seconds' | 'core'>;
  /** What each round needs anew. */
  fresh?: () => Promise<Partial<Load>>;
}

/** Programs that compile themselves while they run need some ten seconds for it, and each of ours gets two turns; the others lose nothing by them. */
const WARM_UP_SECONDS = 6;

/**
 * Loads the contenders one after the other, round after round: the machine's speed drifts, and a ratio is only worth
 * something between neighbours. A round in which any request failed stops the benchmark.
 */
export async function runRounds(
  contenders: readonly Contender[],
  { rounds, seconds, loadCore }: { rounds: number; seconds: number; loadCore: number },
): Promise<Map<string, Sample[]>> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (const { load, fresh } of contenders) {
    await runLoad({ ...load, ...(await fresh?.()), seconds: WARM_UP_SECONDS, core: loadCore });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, pid, counts, load, fresh } of contenders) {
      const anew = await fresh?.();
      const before = cpuSeconds(pid, counts);
      const result = await runLoad({ ...load, ...anew, seconds, core: loadCore });
      const spent = cpuSeconds(pid, counts) - before;
      if (result.failures > 0 || result.requests === 0) {
        throw new Error(
          `${name}: ${result.failures} of ${result.requests} requests failed; such a run measures nothing`,
        );
      }
      process.stderr.write(
        `  round ${round + 1}/${rounds}  ${name}: ${result.requestsPerSecond.toLocaleString('en')} requests/s\n`,
      );
      const { requestsPerSecond, p50Milliseconds, p99Milliseconds, requests } = result;
      samples.get(name)?.push({
        requestsPerSecond,
        p50Milliseconds,
        p99Milliseconds,
        cpuSecondsPer10000: (spent * 10_000) / requests,
      });
    }
  }
  return samples;
}
