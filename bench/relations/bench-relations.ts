import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  answerCheck,
  compileModel,
  objectsOf,
  openQueryScope,
  type QueryScope,
  readDsl,
  TupleGraph,
} from '../../server/src/authz/authz.ts';
import type { BenchOptions } from '../bench.ts';
import { median, type Report, type Sample, summarise } from '../measure/report.ts';
import { PlainRecursion } from './plain-recursion.ts';
import {
  farQuestions,
  MODEL,
  type Question,
  randomQuestions,
  type SampleSize,
  sizeFor,
  tuplesOf,
} from './sample-graph.ts';

const PEER = 'plain recursion, no';
const QUESTIONS = 20_000;
/** Checks between two looks at the clock. */
const BATCH = 64;
/** Rounds of a peer that is a hundred times slower needn't be as long. */
const ROUND_SECONDS_MAX = 1;

interface Contender {
  name: string;
  questions: readonly Question[];
  check: (question: Question) => boolean;
}

/** Relationship checks in one process on one core: the graph against plain recursion, with the memory and time it takes. */
export async function benchRelations({ seconds, rounds, tuples }: BenchOptions): Promise<Report> {
  const size = sizeFor(tuples);
  const { scope, count, bytesPerTuple, heapBytesPerTuple, loadSeconds } = await loadGraph(size);
  const peer = loadPeer(size);
  const far = farQuestions(size, QUESTIONS);
  const check = ({ user, object }: Question) => answerCheck(scope, { user, object, relation: 'viewer' }, {});
  const no = randomQuestions(size, QUESTIONS).filter((question) => !check(question));
  demandAgreement(check, peer.recursion, far, no);
  const samples = measure(
    [
      { name: PEER, questions: no, check: (question) => peer.recursion.check(question) },
      { name: 'plain recursion, yes', questions: far, check: (question) => peer.recursion.check(question) },
      { name: 'Gatehouse, no', questions: no, check },
      { name: 'Gatehouse, yes', questions: far, check },
    ],
    { rounds, seconds: Math.min(seconds, ROUND_SECONDS_MAX) },
  );
  const rows = summarise(samples, PEER);
  const rate = (name: string) => rows.find((row) => row.name === name)?.requestsPerSecond ?? Number.NaN;
  const [yes, denied] = [rate('Gatehouse, yes'), rate('Gatehouse, no')];
  const listing = timeList(scope, size);
  return {
    benchmark: 'relations',
    setting: `${count.toLocaleString('en')} tuples, documents in nested folders shared with nested groups; one process, checks in turn; "requests" are checks`,
    peer: PEER,
    rounds,
    rows,
    claims: [
      {
        text: `at most 64 bytes a tuple: ${bytesPerTuple.toFixed(1)} in tables, ${heapBytesPerTuple.toFixed(1)} as the process grew`,
        holds: heapBytesPerTuple <= 64,
      },
      {
        text: `at least 500,000 checks a second over five hops and more: ${yes.toLocaleString('en')}`,
        holds: yes >= 500_000,
      },
      { text: `a no is as fast as a yes: ${(denied / yes).toFixed(2)} times`, holds: denied >= yes * 0.8 },
      {
        text: `99 of 100 checks below 50 µs`,
        holds: rows.every((row) => !row.name.startsWith('Gatehouse') || row.p99Milliseconds < 0.05),
      },
    ],
    notes: [
      ...rows.map(
        (row) =>
          `${row.name}: p50 ${(row.p50Milliseconds * 1000).toFixed(1)} µs, p99 ${(row.p99Milliseconds * 1000).toFixed(1)} µs, one by one`,
      ),
      `put into the graph in ${loadSeconds.toFixed(1)} s, ${Math.round(count / loadSeconds).toLocaleString('en')} tuples a second (without the database); plain recursion: ${peer.loadSeconds.toFixed(1)} s and ${peer.bytesPerTuple.toFixed(0)} bytes a tuple`,
      `list-objects of ${listing.results} results: ${listing.milliseconds.toFixed(2)} ms`,
    ],
  };
}

async function loadGraph(size: SampleSize) {
  const rules = await compileModel(await readDsl(MODEL));
  const before = usedBytes();
  const graph = new TupleGraph();
  const begun = performance.now();
  for (const { object, relation, user } of tuplesOf(size)) {
    graph.put({ ...partsOf(object), relation, subject: subjectOf(user) });
  }
  const loadSeconds = (performance.now() - begun) / 1000;
  const count = graph.tupleCount;
  const scope = openQueryScope(graph, rules);
  return {
    scope,
    count,
    loadSeconds,
    bytesPerTuple: graph.bytes() / count,
    heapBytesPerTuple: (usedBytes() - before) / count,
  };
}

function loadPeer(size: SampleSize) {
  const before = usedBytes();
  const recursion = new PlainRecursion();
  const begun = performance.now();
  let count = 0;
  for (const tuple of tuplesOf(size)) {
    recursion.put(tuple);
    count += 1;
  }
  const loadSeconds = (performance.now() - begun) / 1000;
  return { recursion, loadSeconds, bytesPerTuple: (usedBytes() - before) / count };
}

function partsOf(object: string): { type: string; id: string } {
  const colon = object.indexOf(':');
  return { type: object.slice(0, colon), id: object.slice(colon + 1) };
}

function subjectOf(user: string) {
  const hash = user.indexOf('#');
  return hash === -1 ? partsOf(user) : { ...partsOf(user.slice(0, hash)), relation: user.slice(hash + 1) };
}

/** A benchmark of two that answer differently measures nothing. */
function demandAgreement(
  check: (question: Question) => boolean,
  peer: PlainRecursion,
  far: readonly Question[],
  no: readonly Question[],
): void {
  const agree = far.every(check) && far.slice(0, 500).every((each) => peer.check(each));
  if (agree && no.slice(0, 500).every((each) => !peer.check(each))) return;
  throw new Error('the two evaluators do not give the answers that are known');
}

/** In turn, round after round, as the speed of the machine drifts. */
function measure(
  contenders: readonly Contender[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Map<string, Sample[]> {
  const samples = new Map<string, Sample[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) runFor(contender, seconds / 2);
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      const cpuBefore = process.cpuUsage();
      const { checks, elapsed } = runFor(contender, seconds);
      const { user, system } = process.cpuUsage(cpuBefore);
      const latencies = oneByOne(contender);
      samples.get(contender.name)?.push({
        requestsPerSecond: checks / elapsed,
        p50Milliseconds: quantile(latencies, 0.5),
        p99Milliseconds: quantile(latencies, 0.99),
        cpuSecondsPer10000: ((user + system) / 1e6 / checks) * 10_000,
      });
    }
  }
  return samples;
}

function runFor({ questions, check }: Contender, seconds: number): { checks: number; elapsed: number } {
  const begun = performance.now();
  let checks = 0;
  let elapsed = 0;
  while (elapsed < seconds) {
    for (let each = 0; each < BATCH; each += 1) {
      const question = questions[(checks + each) % questions.length];
      if (question !== undefined) check(question);
    }
    checks += BATCH;
    elapsed = (performance.now() - begun) / 1000;
  }
  return { checks, elapsed };
}

const LATENCIES = 4_000;

function oneByOne({ questions, check }: Contender): Float64Array {
  const latencies = new Float64Array(Math.min(LATENCIES, questions.length));
  for (let index = 0; index < latencies.length; index += 1) {
    const question = questions[index];
    const begun = process.hrtime.bigint();
    if (question !== undefined) check(question);
    latencies[index] = Number(process.hrtime.bigint() - begun) / 1e6;
    // A peer that needs milliseconds for each has shown enough after a second.
    if (index > 100 && index % 100 === 0 && latencies.subarray(0, index).reduce((sum, each) => sum + each, 0) > 1_000) {
      return latencies.slice(0, index).sort();
    }
  }
  return latencies.sort();
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A person of whom the groups see about a thousand documents, if there is one. */
function timeList(scope: QueryScope, { users }: SampleSize): { results: number; milliseconds: number } {
  const people = Array.from({ length: 400 }, (_, index) => `user:person-${Math.floor((index * users) / 400)}`);
  const counted = people
    .map((user) => ({ user, count: countUpTo(scope, user, 1_200) }))
    .filter(({ count }) => count <= 1_100)
    .sort((a, b) => b.count - a.count);
  const { user = people[0] ?? '', count: results = 0 } = counted[0] ?? {};
  const times = Array.from({ length: 20 }, () => {
    const begun = performance.now();
    countUpTo(scope, user, results);
    return performance.now() - begun;
  });
  return { results, milliseconds: median(times) };
}

function countUpTo(scope: QueryScope, user: string, most: number): number {
  let count = 0;
  for (const _ of objectsOf(scope, { user, relation: 'viewer', type: 'document' })) {
    count += 1;
    if (count === most) break;
  }
  return count;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use after a collection: objects and the memory of typed arrays. */
function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
