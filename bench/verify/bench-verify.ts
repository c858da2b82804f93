import type { BenchOptions } from '../bench.ts';
import { type Report, type Sample, summarise } from '../measure/report.ts';
import { type Contender, contendersFor, type Issuer, startIssuer } from './contenders.ts';

const PEER = 'jose';
const ROUND_SECONDS_MAX = 0.4;
/** Of one round, cold: each is verified once. More than any contender gets through in it. */
const TOKENS = 12_000;
/** Warm, the same callers come again and again. */
const CALLERS = 500;

type Kind = 'cold' | 'warm';

/** Verification in one process, cold (each token for the first time) and warm (again), in turn round after round. */
export async function benchVerify({ seconds, rounds }: BenchOptions): Promise<Report> {
  const issuer = await startIssuer('RS256', TOKENS);
  const each = Math.min(seconds, ROUND_SECONDS_MAX);
  try {
    const samples = new Map<string, Sample[]>();
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ['cold', 'warm'] as const) {
        // New ones each round: what a contender remembers of the last one would make it warm.
        for (const contender of contendersFor(issuer, kind === 'warm')) {
          const name = `${kind}: ${contender.name}`;
          samples.set(name, [...(samples.get(name) ?? []), await measure(contender, issuer, kind, each)]);
        }
      }
    }
    return report(samples, rounds);
  } finally {
    issuer.close();
  }
}

function report(samples: ReadonlyMap<string, Sample[]>, rounds: number): Report {
  const rows = (['cold', 'warm'] as const).flatMap((kind) => {
    const some = new Map([...samples].filter(([name]) => name.startsWith(kind)));
    return summarise(some, `${kind}: ${PEER}`);
  });
  const cpu = (name: string) => rows.find((row) => row.name === name)?.cpuRatio ?? Number.NaN;
  const [cold, warm] = [cpu('cold: @gatehouse/sdk'), cpu('warm: @gatehouse/sdk')];
  // Not by requests a second: on a machine that does much else those are luck.
  const ofBearer = warm / cpu('warm: express-oauth2-jwt-bearer');
  return {
    benchmark: 'verify',
    setting:
      'RS256 access tokens, one after the other; cold: each for the first time; warm: of 500 callers who come again',
    peer: `${PEER}, with the key at hand`,
    rounds,
    rows,
    claims: [
      { text: `cold, at most 1.3 times the CPU of jose: ${cold.toFixed(2)}`, holds: cold <= 1.3 },
      { text: `warm, at most a tenth of the CPU of jose: ${warm.toFixed(3)}`, holds: warm <= 0.1 },
      {
        text: `warm, at most a tenth of the CPU of express-oauth2-jwt-bearer: ${ofBearer.toFixed(3)}`,
        holds: ofBearer <= 0.1,
      },
    ],
    notes: ['CPU is of the whole process: jose and what is made of it verify on another thread'],
  };
}

async function measure(contender: Contender, issuer: Issuer, kind: Kind, seconds: number): Promise<Sample> {
  const tokens = kind === 'warm' ? issuer.tokens.slice(0, CALLERS) : issuer.tokens;
  // Keys are fetched, code is compiled; the tokens of the end are not met again, cold.
  const rehearsal = kind === 'warm' ? tokens : tokens.slice(-200);
  for (const token of rehearsal) await contender.verify(token);
  const latencies: number[] = [];
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  let count = 0;
  let at = startedAt;
  while (at < endAt) {
    const token = tokens[count % tokens.length];
    if (token === undefined || (kind === 'cold' && count >= tokens.length - 200)) break;
    await contender.verify(token);
    const now = performance.now();
    latencies.push(now - at);
    at = now;
    count += 1;
  }
  const { user, system } = process.cpuUsage(before);
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? Number.NaN;
  return {
    requestsPerSecond: count / ((at - startedAt) / 1000),
    p50Milliseconds: percentile(0.5),
    p99Milliseconds: percentile(0.99),
    cpuSecondsPer10000: ((user + system) / 1e6 / count) * 10_000,
  };
}
