import type { BenchOptions } from '../bench.ts';
import { type Report, type Sample, summarise } from '../measure/report.ts';
import { type Cerbos, startCerbos } from './cerbos.ts';
import { type Contender, casbin, casl, cedarPlain, cedarPreparsed, gatehouse } from './contenders.ts';
import { allowedByRule, type Question, questionsOf } from './same-rules.ts';

const PEER = 'cedar-wasm, pre-parsed';
const OURS = 'Gatehouse, 100 policies';
const CERBOS = 'Cerbos, a server of its own, over HTTP';
const LARGE = 'Gatehouse, 10,000 policies';
const ROLE = 50;
/** Decisions between two looks at the clock, for the slowest contender a few milliseconds. */
const BATCH = 64;
const ROUND_SECONDS_MAX = 0.5;
const LATENCIES = 2_000;

/** Decisions in one process on one core, the same rules for all, in turn round after round. */
export async function benchDecisions({ seconds, rounds }: BenchOptions): Promise<Report> {
  const questions = questionsOf(100, ROLE);
  const contenders = [
    cedarPreparsed(100, questions),
    cedarPlain(100, questions),
    await casbin(100, questions),
    casl(100, questions),
    gatehouse(OURS, 100, questions),
    gatehouse(LARGE, 10_000, questions),
  ];
  demandAgreement(contenders, questions);
  const each = Math.min(seconds, ROUND_SECONDS_MAX);
  const cerbos = await startCerbos(100, questions);
  const names = [...contenders.map(({ name }) => name), ...(cerbos === undefined ? [] : [CERBOS])];
  const samples = new Map<string, Sample[]>(names.map((name) => [name, []]));
  try {
    if (cerbos !== undefined && (await cerbos.wrong()) !== -1)
      throw new Error('Cerbos answers otherwise than the rules say');
    for (const contender of contenders) runFor(contender, questions.length, each / 2);
    for (let round = 0; round < rounds; round += 1) {
      for (const contender of contenders) samples.get(contender.name)?.push(measure(contender, questions.length, each));
      if (cerbos !== undefined) samples.get(CERBOS)?.push(await measureServer(cerbos, each));
    }
  } finally {
    cerbos?.close();
  }
  const rows = summarise(samples, PEER);
  const row = (name: string) => rows.find((one) => one.name === name);
  const rate = (name: string) => row(name)?.requestsPerSecond ?? Number.NaN;
  const ofCasl = rate(OURS) / rate('CASL, prebuilt for one person');
  const grown = rate(LARGE) / rate(OURS);
  return {
    benchmark: 'authz',
    setting:
      '100 policies, one that can match; requests made beforehand, some allowed; "requests" are decisions with reasons',
    peer: PEER,
    rounds,
    rows,
    claims: [
      {
        text: `at least 3,000,000 decisions a second: ${rate(OURS).toLocaleString('en')}`,
        holds: rate(OURS) >= 3_000_000,
      },
      {
        text: `at least 500 times cedar-wasm: ${(row(OURS)?.throughputRatio ?? Number.NaN).toFixed(0)}`,
        holds: (row(OURS)?.throughputRatio ?? 0) >= 500,
      },
      { text: `ahead of CASL's \`can\` for one person: ${ofCasl.toFixed(2)} times`, holds: ofCasl >= 1 },
      { text: `10,000 policies are as fast as 100: ${grown.toFixed(2)} times`, holds: grown >= 0.8 },
    ],
    notes: [
      'p50 and p99 are of single decisions, with the clock read around each',
      cerbos === undefined
        ? 'Cerbos was left out: its package could not be had'
        : 'Cerbos was asked over HTTP, 32 requests at once; its CPU time is only that of whoever asks',
    ],
  };
}

/** A benchmark of contenders that answer differently measures nothing. */
function demandAgreement(contenders: readonly Contender[], questions: readonly Question[]): void {
  for (const { name, allows } of contenders) {
    const wrong = questions.findIndex((question, index) => allows(index) !== allowedByRule(question));
    if (wrong !== -1) throw new Error(`${name} answers question ${wrong} otherwise than the rules say`);
  }
}

function measure(contender: Contender, questions: number, seconds: number): Sample {
  const before = process.cpuUsage();
  const { decisions, elapsed } = runFor(contender, questions, seconds);
  const { user, system } = process.cpuUsage(before);
  const latencies = oneByOne(contender, questions);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    requestsPerSecond: decisions / elapsed,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
    cpuSecondsPer10000: ((user + system) / 1e6 / decisions) * 10_000,
  };
}

async function measureServer(cerbos: Cerbos, seconds: number): Promise<Sample> {
  const before = process.cpuUsage();
  const { decisions, elapsed, latencies } = await cerbos.run(seconds);
  const { user, system } = process.cpuUsage(before);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return {
    requestsPerSecond: decisions / elapsed,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
    cpuSecondsPer10000: ((user + system) / 1e6 / decisions) * 10_000,
  };
}

/** What came out, so that no decision can be optimised away. */
let allowed = 0;

function runFor({ allows }: Contender, questions: number, seconds: number): { decisions: number; elapsed: number } {
  const begun = performance.now();
  let decisions = 0;
  let elapsed = 0;
  while (elapsed < seconds) {
    for (let each = 0; each < BATCH; each += 1) if (allows((decisions + each) % questions)) allowed += 1;
    decisions += BATCH;
    elapsed = (performance.now() - begun) / 1000;
  }
  if (allowed === 0) throw new Error('nothing was allowed');
  return { decisions, elapsed };
}

function oneByOne({ allows }: Contender, questions: number): number[] {
  const latencies = Array.from({ length: LATENCIES }, (_, index) => {
    const begun = process.hrtime.bigint();
    if (allows(index % questions)) allowed += 1;
    return Number(process.hrtime.bigint() - begun) / 1e6;
  });
  return latencies.sort((left, right) => left - right);
}
