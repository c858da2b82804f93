import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions } from '../bench.ts';
import { cpuSeconds } from '../measure/cpu-seconds.ts';
import { provide } from '../measure/debian.ts';
import { startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { median, type Report, type Sample, summarise } from '../measure/report.ts';

const SERVER_CORE = 0;
/** Fewer than may wait for their turn: what is measured is the work, not the refusing. */
const CONNECTIONS = 32;
const HEALTH_EVERY_MILLISECONDS = 10;
const PEER = 'argon2id alone';
const GATEHOUSE = 'Gatehouse, sign-ins';

/**
 * Sign-ins of nobody, each from an address of its own: every one costs what a real one does, and none is slowed. Against
 * what the argon2 parameters allow on the same processor; and how long /healthz takes meanwhile.
 */
export async function benchSignIn({ seconds, rounds }: BenchOptions): Promise<Report> {
  if (provide(['taskset']).size < 1) throw new Error('the sign-in benchmark needs taskset');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  chmodSync(folder, 0o755);
  const gatehouse = await startGatehouseInstance(folder, SERVER_CORE, 'trustedProxies: [127.0.0.1, "::1"]\n');
  try {
    const peer: Sample[] = [];
    const ours: Sample[] = [];
    const health: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      peer.push(plainArgon2(seconds));
      const measured = await storm(gatehouse, seconds);
      ours.push(measured.sample);
      health.push(measured.healthP99);
    }
    const rows = summarise(
      new Map([
        [PEER, peer],
        [GATEHOUSE, ours],
      ]),
      PEER,
    );
    const ratio = rows.find(({ name }) => name === GATEHOUSE)?.throughputRatio ?? Number.NaN;
    const healthP99 = median(health);
    return {
      benchmark: 'sign-in',
      setting: `${CONNECTIONS} at once, ${seconds} s a round, server with its database on one core`,
      peer: PEER,
      rounds,
      rows,
      claims: [
        { text: `at least 0.9 of what argon2 allows: ${ratio.toFixed(2)}`, holds: ratio >= 0.9 },
        { text: `p99 of /healthz meanwhile below 50 ms: ${healthP99.toFixed(1)} ms`, holds: healthP99 < 50 },
      ],
      notes: ['One processor also carries the database, the audit chain and HTTP: what they take argon2 does not get.'],
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

async function storm(
  { controlUrl: url, pid }: { controlUrl: string; pid: number },
  seconds: number,
): Promise<{ sample: Sample; healthP99: number }> {
  const page = await fetch(`${url}/sign-in`);
  const cookie = (page.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  const token = /name="csrf_token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
  const times: number[] = [];
  const health: number[] = [];
  const cpuBefore = cpuSeconds(pid);
  const started = performance.now();
  const running = () => performance.now() - started < seconds * 1000;

  async function signIns(worker: number): Promise<void> {
    for (let index = 0; running(); index += 1) {
      const number = worker * 65_536 + index;
      const at = performance.now();
      const answer = await fetch(`${url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: url, 'sec-fetch-site': 'same-origin', cookie, 'x-forwarded-for': addressOf(number) },
        body: new URLSearchParams({
          csrf_token: token,
          email: `nobody${number}@example.com`,
          password: 'wrong wrong wrong',
        }),
      });
      await answer.arrayBuffer();
      if (answer.status === 422) times.push(performance.now() - at);
    }
  }
  async function probe(): Promise<void> {
    while (running()) {
      const at = performance.now();
      await (await fetch(`${url}/healthz`)).arrayBuffer();
      health.push(performance.now() - at);
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MILLISECONDS));
    }
  }
  await Promise.all([probe(), ...Array.from({ length: CONNECTIONS }, (_, worker) => signIns(worker))]);
  const requestsPerSecond = times.length / ((performance.now() - started) / 1000);
  return {
    sample: {
      requestsPerSecond,
      p50Milliseconds: percentile(times, 0.5),
      p99Milliseconds: percentile(times, 0.99),
      cpuSecondsPer10000: ((cpuSeconds(pid) - cpuBefore) / times.length) * 10_000,
    },
    healthP99: percentile(health, 0.99),
  };
}

/** Never two of one /24: nothing that is slowed, and nothing that raises an alarm. */
const addressOf = (number: number) => `${20 + ((number >> 16) & 127)}.${(number >> 8) & 255}.${number & 255}.7`;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
