import { residentBytes } from '../measure/cpu-seconds.ts';
import { type Load, runLoad } from '../measure/load.ts';

export interface MemoryWatch {
  tokens: number;
  /** Resident megabytes, the database included, after each portion. */
  megabytes: number[];
}

const PORTION_SECONDS = 5;

/** Issues that many tokens, and looks at the memory of the process and its database as it goes. */
export async function watchMemory(pid: number, load: Omit<Load, 'seconds'>, tokensMin: number): Promise<MemoryWatch> {
  const megabytes: number[] = [];
  let tokens = 0;
  while (tokens < tokensMin) {
    const { requests, failures } = await runLoad({ ...load, seconds: PORTION_SECONDS });
    if (failures > 0 || requests === 0) throw new Error(`${failures} of ${requests} requests failed`);
    tokens += requests;
    megabytes.push(Math.round(residentBytes(pid) / 1024 / 1024));
    process.stderr.write(`  ${tokens.toLocaleString('en')} tokens: ${megabytes.at(-1)} MB\n`);
  }
  return { tokens, megabytes };
}
