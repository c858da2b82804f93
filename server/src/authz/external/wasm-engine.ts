import { Worker } from 'node:worker_threads';
import type { WasmEngineSpec } from './external-engine-kind.ts';
import type { OpaAnswer, OpaQuestion, OpaWorkerData } from './opa-worker.ts';

/** Questions that wait for one module; more are refused, so that a slow policy can't fill the memory. */
const WAITING_MAX = 1_000;
/** For a module to be compiled and loaded, besides the time that a question has. */
const LOAD_MILLISECONDS_MAX = 10_000;
/** After a module failed to load, or ran on, nobody tries it again for so long. */
const REST_MILLISECONDS = 1_000;
const HEAP_MEGABYTES_MAX = 64;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/**
 * A policy that OPA compiled to WebAssembly, in a thread of its own. What it computes can't be interrupted, so when a
 * question takes too long, the thread is ended, with all that wait for it, and the next question starts another.
 */
export class WasmEngine {
  readonly #spec: WasmEngineSpec;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #ready = false;
  #restsUntil = 0;
  #count = 0;

  constructor(spec: WasmEngineSpec) {
    this.#spec = spec;
  }

  /** What the rule comes to for this input; undefined when it is not defined. @throws when there is no answer in time */
  ask(input: object): Promise<unknown> {
    if (this.#waiting.size >= WAITING_MAX)
      throw new TypeError(`more than ${WAITING_MAX} questions wait for the module`);
    const worker = this.#worker ?? this.#start();
    this.#count += 1;
    const id = this.#count;
    const milliseconds = this.#spec.timeoutMilliseconds + (this.#ready ? 0 : LOAD_MILLISECONDS_MAX);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(worker, 'the module did not answer in time'), milliseconds);
      this.#waiting.set(id, { resolve, reject, timer });
      worker.postMessage({ id, input } satisfies OpaQuestion);
    });
  }

  close(): void {
    if (this.#worker !== undefined) this.#end(this.#worker, 'the engine was taken away');
  }

  #start(): Worker {
    if (performance.now() < this.#restsUntil) throw new TypeError('the module failed a moment ago');
    const { wasm, entrypoint, data } = this.#spec;
    const worker = new Worker(new URL('./opa-worker.ts', import.meta.url), {
      workerData: { wasm: Uint8Array.from(Buffer.from(wasm, 'base64')), entrypoint, data } satisfies OpaWorkerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES_MAX },
      // Nothing of this process is its business.
      env: {},
      stdout: true,
      stderr: true,
    });
    this.#worker = worker;
    this.#ready = false;
    worker.unref();
    worker.on('message', (message: OpaAnswer | 'ready') => {
      if (message === 'ready') this.#ready = true;
      else this.#settle(message);
    });
    worker.on('error', (cause) => this.#end(worker, cause instanceof Error ? cause.message : 'the module failed'));
    worker.on('exit', () => this.#end(worker, 'the module’s thread ended'));
    return worker;
  }

  #settle(answer: OpaAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    clearTimeout(waiting.timer);
    if ('failure' in answer) waiting.reject(new TypeError(answer.failure));
    else waiting.resolve(answer.result);
  }

  #end(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#restsUntil = performance.now() + REST_MILLISECONDS;
    void worker.terminate();
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject, timer } of all) {
      clearTimeout(timer);
      reject(new TypeError(reason));
    }
  }
}
