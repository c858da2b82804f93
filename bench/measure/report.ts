/** One measured figure set of one contender in one round. */
export interface Sample {
  requestsPerSecond: number;
  p50Milliseconds: number;
  p99Milliseconds: number;
  cpuSecondsPer10000: number;
}

export interface Row extends Sample {
  name: string;
  /** Median over rounds of this contender's CPU per request divided by the peer's in the same round. */
  cpuRatio: number;
  /** Same for requests per second. */
  throughputRatio: number;
}

export interface Report {
  benchmark: string;
  /** What was done, in a sentence. */
  setting: string;
  peer: string;
  rounds: number;
  rows: Row[];
  /** Claims the project makes of these figures, and whether this run bears them out. */
  claims: { text: string; holds: boolean }[];
  notes: string[];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Medians per contender, and ratios pair by pair within each round, so that a drift of the machine's speed cancels out. */
export function summarise(samples: ReadonlyMap<string, readonly Sample[]>, peer: string): Row[] {
  const ofPeer = samples.get(peer) ?? [];
  return [...samples].map(([name, rounds]) => {
    const pick = (value: (sample: Sample) => number) => round(median(rounds.map(value)));
    const ratio = (value: (sample: Sample) => number) =>
      round(
        median(
          rounds.flatMap((sample, index) => {
            const other = ofPeer[index];
            return other === undefined || value(other) === 0 ? [] : [value(sample) / value(other)];
          }),
        ),
      );
    return {
      name,
      requestsPerSecond: Math.round(median(rounds.map((sample) => sample.requestsPerSecond))),
      p50Milliseconds: pick((sample) => sample.p50Milliseconds),
      p99Milliseconds: pick((sample) => sample.p99Milliseconds),
      cpuSecondsPer10000: pick((sample) => sample.cpuSecondsPer10000),
      cpuRatio: ratio((sample) => sample.cpuSecondsPer10000),
      throughputRatio: ratio((sample) => sample.requestsPerSecond),
    };
  });
}

/**
 * How even the machine was: the peer does the same work in each round. Where others use the same processors and caches,
 * whoever touches more memory loses more by it, and ratios move.
 */
export function evenness(samples: ReadonlyMap<string, readonly Sample[]>, peer: string): string {
  const taken = (samples.get(peer) ?? []).map(({ cpuSecondsPer10000 }) => cpuSecondsPer10000);
  const [least, most] = [Math.min(...taken), Math.max(...taken)];
  const apart = Math.round((most / least - 1) * 100);
  return `${peer}: ${least.toFixed(3)} to ${most.toFixed(3)} CPU s from round to round, ${apart} % apart; on a quiet machine below 10 %`;
}

export function printReport(report: Report): void {
  const head = ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU s / 10,000', 'CPU ratio', 'speed ratio'];
  const rows = report.rows.map((row) => [
    row.name,
    row.requestsPerSecond.toLocaleString('en'),
    row.p50Milliseconds.toFixed(2),
    row.p99Milliseconds.toFixed(2),
    row.cpuSecondsPer10000.toFixed(3),
    row.cpuRatio.toFixed(2),
    row.throughputRatio.toFixed(2),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  const ratios = rows.length === 0 ? '' : `; ratios to ${report.peer}, round by round`;
  process.stdout.write(
    `\n${report.benchmark}: ${report.setting}\nmedians of ${report.rounds} interleaved rounds${ratios}\n\n`,
  );
  // What is no load of requests has its figures in words.
  if (rows.length > 0) process.stdout.write(`${[line(head), ...rows.map(line)].join('\n')}\n\n`);
  for (const { text, holds } of report.claims) process.stdout.write(`${holds ? 'holds' : 'FAILS'}  ${text}\n`);
  for (const note of report.notes) process.stdout.write(`note   ${note}\n`);
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
