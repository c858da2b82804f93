/** Runs one policy that OPA compiled to WebAssembly, in a thread of its own: see wasm-engine.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadPolicy } from '@open-policy-agent/opa-wasm';

export interface OpaWorkerData {
  wasm: Uint8Array<ArrayBuffer>;
  entrypoint: string;
  data: Readonly<Record<string, unknown>> | undefined;
}

export interface OpaQuestion {
  id: number;
  input: object;
}

export type OpaAnswer = { id: number; result: unknown } | { id: number; failure: string };

/** 64 MiB: pages are of 64 KiB. */
const MEMORY_PAGES_MAX = 1024;

const { wasm, entrypoint, data } = workerData as OpaWorkerData;
const policy = await loadPolicy(wasm, { initial: 5, maximum: MEMORY_PAGES_MAX });
if (data !== undefined) policy.setData(data);

parentPort?.on('message', ({ id, input }: OpaQuestion) => {
  parentPort?.postMessage(answer(id, input));
});
parentPort?.postMessage('ready');

function answer(id: number, input: object): OpaAnswer {
  try {
    // A rule that is undefined has no result at all.
    const [first] = policy.evaluate(input, entrypoint) as { result?: unknown }[];
    return { id, result: first?.result };
  } catch (cause) {
    // The library throws texts and plain objects as well.
    const text = cause instanceof Error ? cause.message : JSON.stringify(cause);
    return { id, failure: text.slice(0, 300) };
  }
}
