import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compileModel, openQueryScope, type QueryScope, readDsl, TupleGraph } from '../../server/src/authz/authz.ts';
import { PlainRecursion } from './plain-recursion.ts';
import { MODEL, type SampleSize, tuplesOf } from './sample-graph.ts';

export interface LoadedSample {
  scope: QueryScope;
  count: number;
  loadSeconds: number;
  /** In use before anything was loaded. */
  bytesBefore: number;
}

export async function loadSample(size: SampleSize): Promise<LoadedSample> {
  const rules = await compileModel(await readDsl(MODEL));
  const bytesBefore = usedBytes();
  const graph = new TupleGraph();
  const begun = performance.now();
  for (const { object, relation, user } of tuplesOf(size)) {
    graph.put({ ...partsOf(object), relation, subject: subjectOf(user) });
  }
  const loadSeconds = (performance.now() - begun) / 1000;
  return { scope: openQueryScope(graph, rules), count: graph.tupleCount, loadSeconds, bytesBefore };
}

export function loadPeer(size: SampleSize) {
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

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use after a collection: objects and the memory of typed arrays. */
export function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
