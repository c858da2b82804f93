import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../bench.ts';
import { cpuSeconds } from '../measure/cpu-seconds.ts';
import { provide } from '../measure/debian.ts';
import { type GatehouseInstance, startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { median, type Report, type Sample, summarise } from '../measure/report.ts';
import { addPeople, type Crowd, nobodies } from './people.ts';

const SERVER_CORE = 0;
const CLIENT_CORE = 1;
/** Fewer than may wait for their turn: what is measured is the work, not the refusing. */
const CONNECTIONS = 32;
/** What is compiled as it runs has been by then. */
const WARM_UP_COUNT = 2000;
/** A tenant that sees more failures than a thousand believes in an attack, and delays: that is not what is measured. */
const FAILURES_MAX = 900;
/** Often enough for a p99 of all rounds; asked more often, being asked would be a part of what a sign-in costs. */
const HEALTH_EVERY_MILLISECONDS = 100;
const PEER = 'argon2id alone';
const RIGHT = 'Gatehouse, right passwords';
const WRONG = 'Gatehouse, wrong ones of nobody';

/**
 * People who sign in with the right password, from browsers that they used before; and guesses at accounts that nobody
 * has. Against what the argon2 parameters allow on the same processor; and how long /healthz takes meanwhile.
 */
export async function benchSignIn({ seconds, rounds }: BenchOptions): Promise<Report> {
  if (provide(['taskset']).size < 1) throw new Error('the sign-in benchmark needs taskset');
  // Who asks for /healthz is a client as well: the server's processor is the server's.
  execFileSync('taskset', ['-a', '-cp', String(CLIENT_CORE), String(process.pid)]);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  chmodSync(folder, 0o755);
  const gatehouse = await startGatehouseInstance(folder, SERVER_CORE, 'trustedProxies: [127.0.0.1, "::1"]\n');
  try {
    const people = await addPeople(gatehouse);
    // Everybody once: hashes that came from elsewhere are replaced, and browsers become known.
    const { devices } = await load(people, { count: people.attempts.length });
    const known = people.attempts.map((attempt) => ({ ...attempt, device: devices[attempt.email] }));
    const right = { ...people, attempts: known };
    const wrong = { ...people, attempts: nobodies(FAILURES_MAX) };
    await load(right, { count: WARM_UP_COUNT });

    const samples = new Map<string, Sample[]>([
      [PEER, []],
      [RIGHT, []],
      [WRONG, []],
    ]);
    const health: number[] = [];
    const clientMilliseconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      samples.get(PEER)?.push(plainArgon2(seconds));
      for (const [name, crowd, count, status] of [
        [RIGHT, right, Number.POSITIVE_INFINITY, 303],
        [WRONG, wrong, Math.floor(FAILURES_MAX / rounds), 422],
      ] as const) {
        const measured = await storm(gatehouse, crowd, { seconds, count, status });
        samples.get(name)?.push(measured.sample);
        health.push(...measured.health);
        clientMilliseconds.push(measured.clientMilliseconds);
      }
    }
    const rows = summarise(samples, PEER);
    const healthP99 = percentile(health, 0.99);
    return {
      benchmark: 'sign-in',
      setting: `${CONNECTIONS} at once, ${seconds} s a round, server with its database on one core, the client on another`,
      peer: PEER,
      rounds,
      rows,
      claims: [
        ...rows
          .filter(({ name }) => name !== PEER)
          .map(({ name, throughputRatio, cpuRatio }) => ({
            text: `${name}: at least 0.9 of what argon2 allows: ${throughputRatio.toFixed(2)} (by CPU seconds ${(1 / cpuRatio).toFixed(2)})`,
            holds: throughputRatio >= 0.9,
          })),
        { text: `p99 of /healthz meanwhile below 50 ms: ${healthP99.toFixed(1)} ms`, holds: healthP99 < 50 },
      ],
      notes: [
        'One processor also carries the database, the audit chain and HTTP: what they take argon2 does not get.',
        `The client, on its own processor, took ${median(clientMilliseconds).toFixed(2)} ms of it for each sign-in.`,
      ],
    };
  } finally {
    await gatehouse.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function plainArgon2(seconds: number): Sample {
  const program = fileURLToPath(new URL('plain-argon2.mjs', import.meta.url));
  const out = execFileSync('taskset', ['-c', String(SERVER_CORE), process.execPath, program, String(seconds)]);
  const { perSecond, cpuSecondsEach } = JSON.parse(out.toString()) as { perSecond: number; cpuSecondsEach: number };
  const milliseconds = 1000 / perSecond;
  return {
    requestsPerSecond: perSecond,
    p50Milliseconds: milliseconds,
    p99Milliseconds: milliseconds,
    cpuSecondsPer10000: cpuSecondsEach * 10_000,
  };
}

interface LoadResult {
  times: number[];
  statuses: Record<string, number>;
  devices: Record<string, string>;
  seconds: number;
  cpuSeconds: number;
}

async function load(crowd: Crowd, { seconds = 3600, count = 1e9 }): Promise<LoadResult> {
  const program = fileURLToPath(new URL('sign-in-load.mjs', import.meta.url));
  const child = spawn('taskset', ['-c', String(CLIENT_CORE), process.execPath, program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify({ ...crowd, connections: CONNECTIONS, seconds, countMax: count }));
  return JSON.parse(await text(child.stdout)) as LoadResult;
}

async function storm(
  { controlUrl: url, pid }: GatehouseInstance,
  crowd: Crowd,
  { seconds, count, status }: { seconds: number; count: number; status: number },
): Promise<{ sample: Sample; health: number[]; clientMilliseconds: number }> {
  const health: number[] = [];
  const cpuBefore = cpuSeconds(pid);
  const loading = load(crowd, { seconds, ...(Number.isFinite(count) ? { count } : {}) });
  let running = true;
  const over = loading.finally(() => {
    running = false;
  });
  while (running) {
    const at = performance.now();
    await (await fetch(`${url}/healthz`)).arrayBuffer();
    health.push(performance.now() - at);
    await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MILLISECONDS));
  }
  const { times, statuses, seconds: elapsed, cpuSeconds: clientSeconds } = await over;
  if (statuses[status] !== times.length) throw new Error(`sign-ins answered ${JSON.stringify(statuses)}`);
  return {
    sample: {
      requestsPerSecond: times.length / elapsed,
      p50Milliseconds: percentile(times, 0.5),
      p99Milliseconds: percentile(times, 0.99),
      cpuSecondsPer10000: ((cpuSeconds(pid) - cpuBefore) / times.length) * 10_000,
    },
    health,
    clientMilliseconds: (clientSeconds / times.length) * 1000,
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
