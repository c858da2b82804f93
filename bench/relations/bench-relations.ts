import { answerCheck, objectsOf, openQueryScope, type QueryScope } from '../../server/src/authz/authz.ts';
import type { BenchOptions } from '../bench.ts';
import { median, type Report, type Sample, summarise } from '../measure/report.ts';
import { type LoadedSample, loadPeer, loadSample, usedBytes } from './load-sample.ts';
import { cpuSecondsOf, measureChecks } from './measure-checks.ts';
import type { PlainRecursion } from './plain-recursion.ts';
import {
  farQuestions,
  type Question,
  randomQuestions,
  type SampleSize,
  seededNumbers,
  sizeFor,
} from './sample-graph.ts';
import { type ReplicaTimes, timeReplicas } from './time-replicas.ts';

const PEER = 'plain recursion, no';
/** Of the documents and people of those that say yes: what differs is the answer alone, not how much of memory is asked about. */
const NO_OF_YES = 'Gatehouse, no, like for like';
const QUESTIONS = 20_000;
/** Asked once each: what was remembered of one seldom helps with the next. */
const FIRST_QUESTIONS = 200_000;
/** Rounds of a peer that is a hundred times slower needn't be as long. */
const ROUND_SECONDS_MAX = 1;
/** What the two replicas hold: enough to tell how fast it is read. */
const REPLICA_TUPLES = 100_000;

/** Relationship checks in one process on one core: the graph against plain recursion, with the memory and time it takes. */
export async function benchRelations({ seconds, rounds, tuples }: BenchOptions): Promise<Report> {
  const size = sizeFor(tuples);
  const loaded = await loadSample(size);
  const { scope, count, loadSeconds } = loaded;
  const first = askFirst(loaded, size);
  const peer = loadPeer(size);
  const check = ({ user, object }: Question) => answerCheck(scope, { user, object, relation: 'viewer' }, {});
  const far = asReceived(shuffled(farQuestions(size, QUESTIONS)));
  const no = asReceived(randomQuestions(size, QUESTIONS)).filter((question) => !check(question));
  demandAgreement(check, peer.recursion, far, no);
  const samples = measureChecks(
    [
      { name: PEER, questions: no, check: (question) => peer.recursion.check(question) },
      { name: 'plain recursion, yes', questions: far, check: (question) => peer.recursion.check(question) },
      { name: 'Gatehouse, no', questions: no, check },
      { name: 'Gatehouse, yes', questions: far, check },
      { name: NO_OF_YES, questions: dealtAnew(far).filter((question) => !check(question)), check },
    ],
    { rounds, seconds: Math.min(seconds, ROUND_SECONDS_MAX) },
  );
  const rows = summarise(samples, PEER);
  const rate = (name: string) => rows.find((row) => row.name === name)?.requestsPerSecond ?? Number.NaN;
  const [yes, denied] = [rate('Gatehouse, yes'), rate('Gatehouse, no')];
  const anyone = ratioOf(samples, 'Gatehouse, no', 'Gatehouse, yes');
  const likeForLike = ratioOf(samples, NO_OF_YES, 'Gatehouse, yes');
  const listing = timeList(scope, size);
  const replicas = await timeReplicas(Math.min(tuples, REPLICA_TUPLES));
  return {
    benchmark: 'relations',
    setting: `${count.toLocaleString('en')} tuples, documents in nested folders shared with nested groups; one process, checks in turn, ${QUESTIONS.toLocaleString('en')} questions each; "requests" are checks, a second of the processor`,
    peer: PEER,
    rounds,
    rows,
    claims: [
      {
        text: `at most 64 bytes a tuple: ${first.tableBytesPerTuple.toFixed(1)} in tables, ${first.bytesPerTuple.toFixed(1)} as the process grew, with what is remembered after ${FIRST_QUESTIONS.toLocaleString('en')} questions`,
        holds: first.bytesPerTuple <= 64,
      },
      {
        text: `at least 500,000 checks a second over five hops and more: ${yes.toLocaleString('en')} that say yes, ${denied.toLocaleString('en')} that say no`,
        holds: Math.min(yes, denied) >= 500_000,
      },
      {
        text: `a no is as fast as a yes about the same documents and people: ${likeForLike.toFixed(2)} times, round by round`,
        holds: likeForLike >= 0.95,
      },
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
      `a no about anybody and anything is ${anyone.toFixed(2)} times as fast as that yes: it asks about half as many people more`,
      hugePagesNote(),
      `asked for the first time, before anything is remembered: ${Math.round(first.checksPerSecond).toLocaleString('en')} checks a second`,
      `put into the graph in ${loadSeconds.toFixed(1)} s, ${Math.round(count / loadSeconds).toLocaleString('en')} tuples a second (without the database); plain recursion: ${peer.loadSeconds.toFixed(1)} s and ${peer.bytesPerTuple.toFixed(0)} bytes a tuple`,
      `list-objects of ${listing.results} results: ${listing.milliseconds.toFixed(2)} ms`,
      ...describeReplicas(replicas),
    ],
  };
}

/** Round by round, as the speed of the machine drifts. */
function ratioOf(samples: ReadonlyMap<string, readonly Sample[]>, name: string, other: string): number {
  const others = samples.get(other) ?? [];
  const ratios = (samples.get(name) ?? []).map(
    ({ requestsPerSecond }, round) => requestsPerSecond / (others[round]?.requestsPerSecond ?? Number.NaN),
  );
  return median(ratios);
}

function hugePagesNote(): string {
  const asked = process.env.GLIBC_TUNABLES?.includes('glibc.malloc.hugetlb=1') === true;
  return asked ? 'huge pages were asked for, as `gatehouse start` does' : 'without huge pages';
}

function describeReplicas({ tuples, loadSeconds, visibleMilliseconds, tokenMilliseconds }: ReplicaTimes): string[] {
  return [
    `a store of ${tuples.toLocaleString('en')} tuples is read from the database in ${loadSeconds.toFixed(1)} s, ${Math.round(tuples / loadSeconds).toLocaleString('en')} tuples a second`,
    `a write is visible on a second replica ${visibleMilliseconds.p50.toFixed(1)} ms after its answer (p99 ${visibleMilliseconds.p99.toFixed(1)} ms); a check there with its token takes ${tokenMilliseconds.p50.toFixed(1)} ms (p99 ${tokenMilliseconds.p99.toFixed(1)} ms)`,
  ];
}

/** Questions that come for the first time, made as they are asked; and the memory that is in use then. */
function askFirst({ scope, count, bytesBefore }: LoadedSample, { documents, users }: SampleSize) {
  const pick = seededNumbers(1234);
  const ask = (questions: number, answers: QueryScope) => {
    for (let each = 0; each < questions; each += 1) {
      const [user, object] = [`user:person-${pick(users)}`, `document:doc-${pick(documents)}`];
      answerCheck(answers, { user, object, relation: 'viewer' }, {});
    }
  };
  // The code is made fast on answers that are thrown away.
  ask(QUESTIONS, openQueryScope(scope.graph, scope));
  const seconds = cpuSecondsOf(() => ask(FIRST_QUESTIONS, scope));
  return {
    checksPerSecond: FIRST_QUESTIONS / seconds,
    tableBytesPerTuple: scope.graph.bytes() / count,
    bytesPerTuple: (usedBytes() - bytesBefore) / count,
  };
}

/** Neighbours in the store are neighbours in memory, which questions are not that come from everywhere. */
function shuffled(questions: readonly Question[]): Question[] {
  const pick = seededNumbers(5);
  const mixed = [...questions];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = pick(last + 1);
    const [one, two] = [mixed[last], mixed[other]];
    if (one !== undefined && two !== undefined) [mixed[last], mixed[other]] = [two, one];
  }
  return mixed;
}

/** The same documents in the same order, each with the person of another question. */
function dealtAnew(questions: readonly Question[]): Question[] {
  const people = shuffled(questions).map(({ user }) => user);
  return asReceived(questions.map(({ object }, index) => ({ object, user: people[index] ?? '' })));
}

/** Texts put together from pieces stay pieces until they are read; those of a request are of one piece. */
function asReceived(questions: readonly Question[]): Question[] {
  return questions.map((question) => JSON.parse(JSON.stringify(question)));
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
