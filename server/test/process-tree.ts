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

/**
 * How long a process was ready to run and had no processor, because others had it (sched-stats of the kernel), and of
 * those it started the one that waited longest: what a machine that is busy with something else adds to what a clock shows.
 */
export function keptWaitingMilliseconds(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const waited = (member: number) => {
    try {
      return Number(readFileSync(`/proc/${member}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
    } catch {
      // It ended meanwhile, or the kernel keeps no count.
      return 0;
    }
  };
  const [own = pid, ...others] = familyOf(pid);
  return waited(own) + Math.max(0, ...others.map(waited));
}
