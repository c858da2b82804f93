import { readdirSync, readFileSync } from 'node:fs';

interface Row {
  pid: number;
  parent: number;
  command: string;
}

/** From the kernel's own list (proc(5)). */
export function processes(): Row[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // After the name, which stands in parentheses and may hold anything: state, then parent.
        const parent = Number(/.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parent, command }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** A process and everything it started, at any depth. */
export function familyOf(pid: number): number[] {
  const all = processes();
  const family = [pid];
  for (const member of family) family.push(...all.filter(({ parent }) => parent === member).map((row) => row.pid));
  return family;
}

/** Database servers on a data folder. A backend bears its server's arguments until it has named itself, and is none. */
export function serversOn(dataFolder: string): number[] {
  const found = processes().filter(({ command }) => command.includes(` -D ${dataFolder}/postgres `));
  return found.filter(({ parent }) => !found.some(({ pid }) => pid === parent)).map(({ pid }) => pid);
}

/** Proportional share of memory in MB: pages that several processes share are counted once. */
export function residentMegabytes(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]);
  });
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
}

/** What the kernel has counted for the first threads of processes (sched-stats), all in milliseconds. */
export interface ProcessorTimes {
  ran: number;
  /** Ready to run, and without a processor, because others had it. */
  waited: number;
  /** The same of each that it started, by its id. */
  othersWaited: ReadonlyMap<number, number>;
}

export function processorTimes(pid: number): ProcessorTimes {
  const [own = pid, ...others] = familyOf(pid);
  const [ran, waited] = timesOf(own);
  return { ran, waited, othersWaited: new Map(others.map((other) => [other, timesOf(other)[1]])) };
}

/**
 * How long something took that a clock showed as so long, without what a machine that is busy with something else added to it
 * while it was looked at. A process stands still while one that it started waits, but it may also run, or wait itself, meanwhile:
 * so it is never less than what it ran.
 */
export function undisturbedMilliseconds(shown: number, looks: readonly ProcessorTimes[]): number {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return shown;
  const ran = last.ran - first.ran;
  const stoodStill = shown - ran - (last.waited - first.waited);
  return ran + Math.max(0, stoodStill - longestWait(looks));
}

/** Of those that it started, the one that waited longest. Each counts from the first look at it to the last: many end meanwhile. */
function longestWait(looks: readonly ProcessorTimes[]): number {
  const firsts = new Map(looks[0]?.othersWaited);
  const lasts = new Map<number, number>();
  for (const { othersWaited } of looks) {
    for (const [pid, waited] of othersWaited) {
      // What has just ended is read as none.
      lasts.set(pid, Math.max(waited, lasts.get(pid) ?? 0));
    }
  }
  return Math.max(0, ...[...lasts].map(([pid, waited]) => waited - (firsts.get(pid) ?? 0)));
}

function timesOf(pid: number): [ran: number, waited: number] {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
    return [(ran ?? 0) / 1e6, (waited ?? 0) / 1e6];
  } catch {
    // It ended meanwhile, or there is no such count here.
    return [0, 0];
  }
}
