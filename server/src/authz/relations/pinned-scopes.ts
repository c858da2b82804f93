import type { ModelScope, StoreGraph } from './store-graph.ts';

/** A store that is kept in memory, and what it holds at this moment: for whoever can't wait. */
export interface PinnedScope {
  /** The newest state that was heard of; undefined while there is none (not loaded yet, out of reach, too large, deleted). */
  current(): ModelScope | undefined;
  /** Resolves when loading was tried, however it went. */
  readonly ready: Promise<void>;
  release(): void;
}

/** Who could not be had is asked for again, but not by every decision that wants it. */
const RETRY_MILLISECONDS = 1_000;

export interface PinInput {
  /** Gets the graph, loading it when it is not in memory; undefined when it is too large for that. */
  open: () => Promise<StoreGraph | undefined>;
  modelId: string | undefined;
  onRelease: (pin: Pin) => void;
}

export class Pin implements PinnedScope {
  readonly ready: Promise<void>;
  readonly #input: PinInput;
  #scope: ModelScope | undefined;
  #triedAt = 0;
  #trying = false;
  #released = false;

  constructor(input: PinInput) {
    this.#input = input;
    this.ready = this.update();
  }

  current(): ModelScope | undefined {
    if (this.#scope === undefined) this.#retry();
    return this.#scope;
  }

  release(): void {
    this.#released = true;
    this.#input.onRelease(this);
  }

  /** Takes what the graph has now. While the database is out of reach, what was read last stays in force. */
  async update(): Promise<void> {
    this.#trying = true;
    this.#triedAt = performance.now();
    try {
      const graph = await this.#input.open();
      this.#scope = graph === undefined || graph.gone ? undefined : await graph.scope(this.#input.modelId);
    } catch {
      // Told by whoever asks: `current` answers undefined, unless something was read before.
    } finally {
      this.#trying = false;
    }
  }

  /** The store was deleted: what it said counts no more. */
  drop(): void {
    this.#scope = undefined;
  }

  #retry(): void {
    if (this.#released || this.#trying || performance.now() - this.#triedAt < RETRY_MILLISECONDS) return;
    void this.update();
  }
}
