import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts process time in ticks of 1/100 s (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of a process and of those it started. `accept` leaves some out by their command name. */
export function cpuSeconds(pid: number, accept: (command: string) => boolean = () => true): number {
  let ticks = 0;
  for (const member of familyOf(pid)) {
    const stat = readStat(member);
    if (stat !== undefined && accept(stat.command)) ticks += stat.ticks;
  }
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory in bytes of a process and of those it started; shared pages of a family are counted once (Pss). */
export function residentBytes(pid: number): number {
  let kilobytes = 0;
  for (const member of familyOf(pid)) {
    try {
      kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended meanwhile.
    }
  }
  return kilobytes * 1024;
}

/** A process and those it started, and those they started. */
export function familyOf(pid: number): number[] {
  const children = childrenByParent();
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

interface Stat {
  command: string;
  parent: number;
  ticks: number;
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const command = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
    // Fields after the command: state is the 3rd, so ppid is index 1, utime 11, stime 12 (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { command, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(pid) : undefined;
    if (stat !== undefined) children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
  }
  return children;
}
