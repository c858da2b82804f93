import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { type Problem, problem } from '../problems.ts';
import { HeldBytes } from '../transport/held-bytes.ts';

/** Heads are bounded; a body, if Envoy is told to send one, is not looked at. */
export const MESSAGE_BYTES_MAX = 256 * 1024;
/** Of all questions that are being read, together. */
const HELD_BYTES_MAX = 64 * 1024 * 1024;
/** Whether it is compressed, and its length in four bytes (gRPC over HTTP/2, Length-Prefixed-Message). */
const PREFIX_BYTES = 5;

/** What is held of all questions together. One for each server. */
export interface HeldQuestions {
  bytes: number;
}

/** What came instead of a question: it is answered, like every other, with a denial. */
export class Unanswerable extends Error {
  readonly found: Problem;

  constructor(found: Problem) {
    super(found.code);
    this.found = found;
  }
}

export function unclear(what: string, status = 400): Unanswerable {
  const members = { reason: 'original_request_unclear', unclear: what };
  return new Unanswerable(problem('check_malformed', { status, members }));
}

/** Takes in the one message of a call. Of what is too long, nothing is kept. */
export class QuestionReader {
  readonly #all: HeldQuestions;
  readonly #held = new HeldBytes();
  #refusal: Unanswerable | undefined;

  constructor(all: HeldQuestions) {
    this.#all = all;
  }

  take(bytes: Buffer): void {
    if (this.#refusal !== undefined) return;
    if (this.#held.length + bytes.length > PREFIX_BYTES + MESSAGE_BYTES_MAX) return void this.#refuse(tooLarge());
    if (this.#all.bytes + bytes.length > HELD_BYTES_MAX) {
      return void this.#refuse(new Unanswerable(problem('bodies_unheld')));
    }
    this.#held.append(bytes, 0, bytes.length);
    this.#all.bytes += bytes.length;
  }

  /**
   * The message, when all has come.
   * @param encoding what `grpc-encoding` says of messages that are compressed.
   * @throws {@link Unanswerable}
   */
  async message(encoding: string | undefined): Promise<Buffer> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const all = this.#held.bytes.subarray(this.#held.start, this.#held.end);
    if (all.length < PREFIX_BYTES) throw unclear('the message, which is missing');
    const length = all.readUInt32BE(1);
    if (length > MESSAGE_BYTES_MAX) throw tooLarge();
    const message = all.subarray(PREFIX_BYTES);
    if (message.length < length) throw unclear('the message, which is not whole');
    if (message.length > length) throw unclear('the message, since there is more than one');
    if (all[0] === 0) return message;
    if (all[0] !== 1) throw unclear('whether the message is compressed');
    return await decompressed(message, encoding);
  }

  /** Gives up what it holds. */
  end(): void {
    this.#all.bytes -= this.#held.length;
    this.#held.clear();
  }

  #refuse(refusal: Unanswerable): void {
    this.#refusal = refusal;
    this.end();
  }
}

const DECOMPRESS = new Map([
  ['gzip', promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)],
  ['deflate', promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)],
]);
/** For the client: how a message may be compressed. */
export const ACCEPTED_ENCODINGS = ['identity', ...DECOMPRESS.keys()].join(',');

/** Few bytes may stand for many, and no more are made of them than may come. */
async function decompressed(message: Buffer, encoding: string | undefined): Promise<Buffer> {
  const decompress = DECOMPRESS.get(encoding ?? '');
  if (decompress === undefined) throw unclear('how the message is compressed');
  try {
    return await decompress(message, { maxOutputLength: MESSAGE_BYTES_MAX });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw unclear('the message, which is not compressed as it says');
  }
}

function tooLarge(): Unanswerable {
  return new Unanswerable(problem('check_too_large', { members: { bytes_max: MESSAGE_BYTES_MAX } }));
}
