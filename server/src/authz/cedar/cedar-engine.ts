import { createRequire } from 'node:module';
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';

export type Engine = typeof import('@cedar-policy/cedar-wasm/nodejs');

const require = createRequire(import.meta.url);
const MODULE = '@cedar-policy/cedar-wasm/nodejs';

/** The official engine can't go on after this: its stack was exhausted. The next call gets a new instance. */
export class EngineExhausted extends Error {
  override readonly name = 'EngineExhausted';
}

let engine: Engine | undefined;

/**
 * Runs `work` on the official Cedar engine (WebAssembly), which is loaded when first used: starting a process that
 * parses no policy does not pay the 25 ms and the memory. An input that exhausts its stack leaves an instance behind
 * that fails every later call, so that instance is thrown away.
 * @throws EngineExhausted
 */
export function withCedarEngine<T>(work: (engine: Engine) => T): T {
  engine ??= require(MODULE) as Engine;
  try {
    return work(engine);
  } catch (cause) {
    engine = undefined;
    delete require.cache[require.resolve(MODULE)];
    throw new EngineExhausted('The Cedar engine gave up on this input.', { cause });
  }
}

export type { DetailedError };
