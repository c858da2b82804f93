import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHttp2Load } from './http2-load.ts';

export interface Load {
  url: string;
  seconds: number;
  connections: number;
  core: number;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Over HTTP/2, so many at once on each connection. */
  streams?: number;
  /** Lua besides, for requests that are not all the same. */
  script?: string;
}

export interface LoadResult {
  requests: number;
  requestsPerSecond: number;
  p50Milliseconds: number;
  p99Milliseconds: number;
  /** Answers other than 2xx and 3xx, and connections that failed: a benchmark with any is void. */
  failures: number;
}

/** Loads one URL with wrk and reads its figures through a Lua report, in microseconds. Over HTTP/2 it is h2load that does. */
export async function runLoad(load: Load): Promise<LoadResult> {
  if (load.streams !== undefined) return runHttp2Load(load, load.streams);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  try {
    const script = join(folder, 'load.lua');
    writeFileSync(script, luaScript(load));
    const output = await wrk(['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '-s', script, load.url], load.core);
    const figures = /GATEHOUSE (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output);
    if (figures === null) throw new Error(`wrk did not report: ${output}`);
    const [requests = 0, micros = 1, p50 = 0, p99 = 0, failures = 0] = figures.slice(1).map(Number);
    return {
      requests,
      requestsPerSecond: Math.round((requests * 1e6) / micros),
      p50Milliseconds: p50 / 1000,
      p99Milliseconds: p99 / 1000,
      failures,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function luaScript({ method = 'GET', headers = {}, body, script = '' }: Load): string {
  const lines = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  if (body !== undefined) lines.push(`wrk.body = ${JSON.stringify(body)}`);
  return `wrk.method = "${method}"
${lines.join('\n')}
${script}
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("GATEHOUSE %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;
}

function wrk(args: readonly string[], core: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', String(core), 'wrk', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });
}
