import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Load, LoadResult } from './load.ts';

/** Loads one URL over HTTP/2 with h2load, which tells how long each request took in a file: start, status, microseconds. */
export function runHttp2Load({ url, seconds, connections, core, headers = {} }: Load, streams: number): LoadResult {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const log = join(folder, 'requests.log');
    const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const args = ['-t1', `-c${connections}`, `-m${streams}`, `-D${seconds}`, `--log-file=${log}`, ...fields, url];
    const { stdout } = spawnSync('taskset', ['-c', String(core), 'h2load', ...args], { encoding: 'utf8' });
    const counts = /, (\d+) done, \d+ succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/.exec(stdout);
    const good = /status codes: (\d+) 2xx, (\d+) 3xx/.exec(stdout);
    if (counts === null || good === null) throw new Error(`h2load did not report: ${stdout}`);
    const [requests = 0, failed = 0, errored = 0, late = 0] = counts.slice(1).map(Number);
    const [found = 0, redirected = 0] = good.slice(1).map(Number);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    const times = Float64Array.from(lines, (line) => Number(line.slice(line.lastIndexOf('\t') + 1))).sort();
    const part = (share: number) => (times[Math.floor((times.length - 1) * share)] ?? 0) / 1000;
    return {
      requests,
      requestsPerSecond: Math.round(requests / seconds),
      p50Milliseconds: part(0.5),
      p99Milliseconds: part(0.99),
      // Those under way when the time is up count as started, not as done; what was refused counts as succeeded.
      failures: failed + errored + late + (requests - found - redirected),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
