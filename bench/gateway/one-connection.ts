import { execFileSync } from 'node:child_process';
import { familyOf } from '../measure/cpu-seconds.ts';
import { type Load, runLoad } from '../measure/load.ts';

/**
 * Where the three processes of a request run. Apart, each of its four ways wakes a processor that sleeps, which in a virtual
 * machine takes longer than everything else that a proxy does; together nobody sleeps, and what is left is the proxies' work.
 */
export const PLACES = ['on two processors', 'on one processor'] as const;
export type Place = (typeof PLACES)[number];

export interface Added {
  name: string;
  place: Place;
  /** On top of the median of the upstream's own answers in the same place. */
  microseconds: number;
}

interface Asked {
  name: string;
  load: Omit<Load, 'seconds' | 'core'>;
}

/** What each proxy puts on top of the upstream's answer when one caller asks one request after the other. */
export async function addedAtOneConnection(
  proxies: readonly Asked[],
  upstream: { pid: number; url: string },
  { proxyCore, otherCore, seconds }: { proxyCore: number; otherCore: number; seconds: number },
): Promise<Added[]> {
  const added: Added[] = [];
  for (const place of PLACES) {
    const core = place === 'on one processor' ? proxyCore : otherCore;
    moveTo(core, upstream.pid);
    const median = async (load: Asked['load']) =>
      (await runLoad({ ...load, connections: 1, seconds, core })).p50Milliseconds * 1000;
    const direct = await median({ url: upstream.url, connections: 1 });
    for (const { name, load } of proxies)
      added.push({ name, place, microseconds: Math.round((await median(load)) - direct) });
  }
  return added;
}

function moveTo(core: number, pid: number): void {
  for (const member of familyOf(pid)) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(member)]);
}
