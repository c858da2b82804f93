import type { RawHeaders, ResponseMask } from '../exchange.ts';
import { namesOf } from '../field-text.ts';
import { BodyReader } from './body-reader.ts';
import type { ResponseHeadParser } from './response-head-parser.ts';
import { dropNamed } from './response-head-writer.ts';
import { sentValue } from './response-rule-follower.ts';
import type { TransportContext } from './transport-context.ts';

/** A response of which the caller gets nothing until all of it has come: its head, and what there is of its body. */
export class MaskedResponse {
  readonly head: Buffer;
  readonly status: number;
  readonly body = new BodyReader();
  readonly #context: TransportContext;
  readonly #mask: ResponseMask;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @param head what was just parsed. It is copied: what is parsed next will stand in the same place. */
  constructor(context: TransportContext, mask: ResponseMask, head: Buffer) {
    const { status, contentLength, chunked } = context.responseHeads;
    this.#context = context;
    this.#mask = mask;
    this.head = Buffer.from(head);
    this.status = status;
    if (contentLength !== undefined) this.body.expectLength(contentLength);
    else if (chunked) this.body.expectChunks();
    else this.body.expectUntilClose();
  }

  /** @returns where it stopped: at the end of the body, at a framing error, or when there is too much. */
  take(bytes: Buffer, at: number, end: number): number {
    const { body } = this;
    let next = at;
    while (next < end && !body.done && body.problem === '' && !this.isTooMuch) {
      next = body.step(bytes, next, end);
      const size = body.dataEnd - body.dataStart;
      if (body.problem !== '' || size === 0) continue;
      this.#pieces.push(Buffer.from(bytes.subarray(body.dataStart, body.dataEnd)));
      this.#bytes += size;
      this.#context.heldBodies.bytes += size;
    }
    return next;
  }

  get isTooMuch(): boolean {
    const { heldBodies, limits } = this.#context;
    return this.#bytes > this.#mask.bytesMax || heldBodies.bytes > limits.heldBodiesBytesMax;
  }

  /** The body that the caller may have; undefined when it can't be read, and so nothing of it may be had. */
  hidden(): Buffer | undefined {
    return this.#mask.hide(Buffer.concat(this.#pieces));
  }

  end(): void {
    this.#context.heldBodies.bytes -= this.#bytes;
    this.#pieces = [];
    this.#bytes = 0;
  }
}

/** Takes out of the upstream's head what would not be true of what the caller gets. @returns what is added to it. */
export function maskHead(bytes: Buffer, head: ResponseHeadParser, mask: ResponseMask): RawHeaders {
  const { headers, dropsTag } = mask.headers((name) => sentValue(bytes, head, name));
  for (const name of mask.removed) dropNamed(bytes, head, name);
  if (dropsTag) dropNamed(bytes, head, 'etag');
  for (const name of namesOf(headers)) dropNamed(bytes, head, name);
  return headers;
}
