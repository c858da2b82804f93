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

/** What the kernel has counted for the first thread of a process (sched-stats), all in milliseconds. */
export interface ProcessorTimes {
  ran: number;
  /** Ready to run, and without a processor, because others had it. */
  waited: number;
  /** Of those it started, the one that waited longest. */
  othersWaited: number;
}

export function processorTimes(pid: number): ProcessorTimes {
  const [own = pid, ...others] = familyOf(pid);
  const [ran, waited] = timesOf(own);
  return { ran, waited, othersWaited: Math.max(0, ...others.map((other) => timesOf(other)[1])) };
}

/**
 * How long something took that a clock showed as so long, without what a machine that is busy with something else added to it
 * between two looks. A process stands still while one that it started waits, but it may also run, or wait itself, meanwhile:
 * so it is never less than what it ran.
 */
export function undisturbedMilliseconds(shown: number, before: ProcessorTimes, after: ProcessorTimes): number {
  const ran = after.ran - before.ran;
  const stoodStill = shown - ran - (after.waited - before.waited);
  return ran + Math.max(0, stoodStill - (after.othersWaited - before.othersWaited));
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
