import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { superiority, superiorityDeviation } from '../../server/testing/superiority.ts';
import type { BenchOptions } from '../bench.ts';
import { type GatehouseInstance, startGatehouseInstance } from '../measure/gatehouse-instance.ts';
import { type Report, type Sample, summarise } from '../measure/report.ts';

const PEOPLE = 50;
const WARM_UP = 30;
const SERVER_CORE = 0;
/** By chance alone four standard deviations are passed once in 17,000 runs. */
const DEVIATIONS_MAX = 4;

/** What a stranger with a stopwatch would try, at each page where a name is typed. */
const PAGES = [
  ['sign-in', '/sign-in', { password: 'wrong wrong wrong' }],
  ['recovery', '/recover', {}],
  ['registration', '/register', {}],
] as const;

type Kind = 'known' | 'unknown';

/**
 * Can somebody tell by the time of an answer whether a name has an account? Names that have one and names that have none
 * are tried in turn over HTTP, for `seconds` times ten answers a round, and their ranks compared.
 */
export async function benchAlikeTime({ seconds, rounds }: BenchOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  chmodSync(folder, 0o755);
  const gatehouse = await startGatehouseInstance(folder, SERVER_CORE, 'trustedProxies: [127.0.0.1, "::1"]\n');
  try {
    await gatehouse.apply('kind: registration_policy\nname: default\nspec: {mode: open}\n');
    await addPeople(gatehouse);
    const samples = seconds * rounds * 10;
    const rows = new Map<string, Sample[]>();
    const claims: Report['claims'] = [];
    for (const [name, path, fields] of PAGES) {
      const { known, unknown } = await answersOf(gatehouse, path, fields, samples);
      for (const [kind, times] of [
        ['known', known],
        ['unknown', unknown],
      ] as const) {
        rows.set(`${name}, ${kind} names`, [sampleOf(times)]);
      }
      const probability = superiority(known, unknown);
      const deviations = Math.abs(probability - 0.5) / superiorityDeviation(known.length, unknown.length);
      claims.push({
        text: `${name}: a known name is the slower one with a probability of ${probability.toFixed(3)}, ${deviations.toFixed(1)} deviations from chance`,
        holds: deviations < DEVIATIONS_MAX,
      });
    }
    const peer = 'sign-in, unknown names';
    return {
      benchmark: 'alike-time',
      setting: `${samples} answers of each kind and page, one after the other, in turn`,
      peer,
      rounds,
      rows: summarise(rows, peer),
      claims,
      notes: [
        'What is compared are ranks (Mann and Whitney), so that a machine that is slow for a while slows both kinds.',
      ],
    };
  } finally {
    await gatehouse.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const PASSWORD = 'seven calm rivers bend';

async function addPeople({ admin, controlUrl }: GatehouseInstance): Promise<void> {
  const phc = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 });
  const { id } = await admin('POST', '/user-imports', { key: 'alike-time', format: 'ndjson' });
  const records = Array.from({ length: PEOPLE }, (_, index) => ({ email: nameOf('known', index), passwordHash: phc }));
  await admin('POST', `/user-imports/${id}/records`, { from: 0, records });
  // At the first sign-in a hash of one's own takes the imported one's place: until then it is verified as it came, which
  // takes its own time (docs/adr/0023).
  const form = await formOf(controlUrl, '/sign-in');
  for (let index = 0; index < PEOPLE; index += 1) {
    const { status } = await post(controlUrl, '/sign-in', form, { email: nameOf('known', index), password: PASSWORD });
    if (status !== 303) throw new Error(`signing in answered ${status}`);
  }
}

interface Form {
  cookie: string;
  token: string;
}

async function formOf(url: string, path: string): Promise<Form> {
  const page = await fetch(`${url}${path}`);
  return {
    cookie: (page.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '',
    token: /name="csrf_token" value="([^"]+)"/.exec(await page.text())?.[1] ?? '',
  };
}

function post(url: string, path: string, { cookie, token }: Form, fields: Readonly<Record<string, string>>) {
  return fetch(`${url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url, 'sec-fetch-site': 'same-origin', cookie, 'x-forwarded-for': nextAddress() },
    body: new URLSearchParams({ ...fields, csrf_token: token }),
  });
}

const nameOf = (kind: Kind, index: number) => `${kind}${index % PEOPLE}@example.com`;

async function answersOf(
  { controlUrl: url }: GatehouseInstance,
  path: string,
  fields: Readonly<Record<string, string>>,
  samples: number,
): Promise<Record<Kind, number[]>> {
  const form = await formOf(url, path);
  const times: Record<Kind, number[]> = { known: [], unknown: [] };
  for (let round = 0; round < samples + WARM_UP; round += 1) {
    for (const kind of round % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const started = performance.now();
      const answer = await post(url, path, form, { ...fields, email: nameOf(kind, round) });
      await answer.arrayBuffer();
      if (round >= WARM_UP) times[kind].push(performance.now() - started);
      if (answer.status === 429 || answer.status >= 500) throw new Error(`${path} answered ${answer.status}`);
    }
  }
  return times;
}

let addresses = 0;
/** Never two of one /24: nothing that is slowed for having been tried before. */
function nextAddress(): string {
  addresses += 1;
  return `${20 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}.7`;
}

function sampleOf(times: readonly number[]): Sample {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    requestsPerSecond: (1000 * times.length) / total,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
    cpuSecondsPer10000: 0,
  };
}
