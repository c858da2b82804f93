import { hash } from 'node:crypto';
import type { KnownHeaders } from '../known-headers.ts';
import type { RequestFields } from './request-fields.ts';

/** Field lines of requests, and what was read from them and found in it. */
export interface KnownLines {
  readonly bytes: Buffer;
  readonly fields: RequestFields;
  readonly found: KnownHeaders;
  readonly key: string;
}

/** Whose lines they are: from another peer the same ones are kept apart, as more is made of them that he is told by. */
export interface LinesOf {
  readonly remoteAddress: string;
  readonly encrypted: boolean;
  readonly http11: boolean;
}

/**
 * The field lines that connections keep ({@link KnownFields}): a program that has many connections sends the same ones on
 * all of them, and then they are kept once, with everything that is made of them. What is looked at for each request is so
 * a fraction as much, and stays in the processor's cache. Nothing is kept that no open connection holds.
 */
export class LinesOfPeers {
  /** By a digest, so that credentials are not kept twice. */
  readonly #byKey = new Map<string, { readonly lines: KnownLines; connections: number }>();

  get size(): number {
    return this.#byKey.size;
  }

  /** To be given back. @param fields what was just read from `bytes[from, to)`. */
  take(bytes: Buffer, from: number, to: number, fields: RequestFields, of: LinesOf): KnownLines {
    const digest = hash('sha256', bytes.subarray(from, to), 'base64');
    const key = `${digest} ${of.remoteAddress} ${of.encrypted} ${of.http11}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      known.connections += 1;
      return known.lines;
    }
    const copy = Buffer.allocUnsafeSlow(to - from);
    bytes.copy(copy, 0, from, to);
    const lines = {
      bytes: copy,
      fields,
      found: { headers: fields.headers, credential: undefined, passedOn: undefined },
      key,
    };
    this.#byKey.set(key, { lines, connections: 1 });
    return lines;
  }

  giveBack({ key }: KnownLines): void {
    const known = this.#byKey.get(key);
    if (known === undefined) return;
    known.connections -= 1;
    if (known.connections === 0) this.#byKey.delete(key);
  }
}
