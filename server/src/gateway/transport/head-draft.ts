import type { Forward } from '../exchange.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import { writeRequestHead } from './request-head-writer.ts';
import { SendBuffer } from './send-buffer.ts';

/** Whose head it is, until it is moved on. */
export interface DraftOwner {
  /** Another head is to be written: take a copy. */
  onDraftNeeded(head: Buffer): void;
}

/**
 * Where a head for an upstream is written before a connection is asked for, so that one which can't be written costs
 * none. Nearly always a connection is free and the head moves on at once; one place does for all exchanges.
 */
export class HeadDraft {
  readonly #text = new SendBuffer();
  #owner: DraftOwner | undefined;

  /** @throws when it can't be written: a defect of the pipeline. */
  write(owner: DraftOwner, forward: Forward, request: ParsedRequest): void {
    if (this.#owner !== undefined && this.#owner !== owner) this.#owner.onDraftNeeded(this.#text.copy());
    this.#owner = undefined;
    this.#text.drop();
    if (!writeRequestHead(this.#text, forward, request)) {
      throw new TypeError('the verdict holds a header that cannot be written');
    }
    this.#owner = owner;
  }

  /** Adds the owner's head to a message, if it is still here. */
  moveTo(out: SendBuffer, owner: DraftOwner): void {
    if (this.#owner !== owner) return;
    this.#text.moveTo(out);
    this.#owner = undefined;
  }

  /** The owner needs it no more. */
  forget(owner: DraftOwner): void {
    if (this.#owner === owner) this.#owner = undefined;
  }
}
