import type { Socket } from 'node:net';
import { LIMITS } from '#base';
import { readWholeRequest, type WholeRequest } from '#gateway';
import type { DirectEndpoint, PlainAnswer, PlainRequest } from './direct-endpoint.ts';
import type { Turns } from './turns.ts';

/** What all direct connections of one listener share. */
export interface DirectContext {
  /** By method and path: `POST /oauth/token`. */
  endpoints: ReadonlyMap<string, DirectEndpoint>;
  /** Gives the connection, with what was read of it and not answered, to the HTTP server behind. */
  handOver(socket: Socket): void;
  turns: Turns;
  addressOf(headers: PlainRequest['headers'], socket: Socket): string;
  /** The response, head and body. One byte a character where that is all there is: no look at each of them. */
  write(answer: PlainAnswer, close: boolean): { text: string; encoding: 'latin1' | 'utf8' };
  /** The answer is sent. */
  answered(endpoint: DirectEndpoint, status: number, milliseconds: number): void;
  draining: boolean;
  connections: Set<DirectConnection>;
}

/** As Node's server is told: a caller who is silent for longer is closed. */
const IDLE_MILLISECONDS = 65_000;
const LINGER_MILLISECONDS = 1_000;
/** What a caller may send ahead while he waits for an answer, before reading stops. */
const HELD_BYTES_MAX = 64 * 1024;

const FORM = 'application/x-www-form-urlencoded';
/** As libraries spell it, `fetch` with URLSearchParams among them. */
const CHARSETS = [';charset=UTF-8', '; charset=UTF-8', ';charset=utf-8', '; charset=utf-8'];
const FORMS = new Set([FORM, ...CHARSETS.map((charset) => FORM + charset)]);
/** Who sends one of these twice is left to the rules of the framework's side. */
const ONCE = new Set(['host', 'authorization', 'content-type', 'dpop', 'if-none-match']);

/**
 * A connection on which nothing but the plainest requests for direct endpoints has come so far: head and body whole in
 * what was read, nothing unusual about them. With the first request that is anything else, the connection and those
 * bytes go to the HTTP server behind, for good: every odd case, time limit and refusal is that server's.
 */
export class DirectConnection {
  readonly #context: DirectContext;
  readonly #socket: Socket;
  #held: Buffer | undefined;
  #answering = false;
  #ended = false;
  readonly #onData = (bytes: Buffer) => this.#receive(bytes);
  readonly #onEnd = () => this.#end();
  readonly #onTimeout = () => this.#socket.destroy();
  readonly #onClose = () => this.#context.connections.delete(this);

  constructor(context: DirectContext, socket: Socket) {
    this.#context = context;
    this.#socket = socket;
    context.connections.add(this);
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_MILLISECONDS);
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('timeout', this.#onTimeout);
    socket.on('close', this.#onClose);
    // The close event follows, and is all that matters.
    socket.on('error', ignore);
  }

  /** Closes it, now or with the answer that is under way. */
  drain(): void {
    // As Node's server does with idle ones: who does not close his half would keep us from stopping.
    if (!this.#answering) this.#socket.destroySoon();
  }

  /** Sends the end, and gives the caller a moment to read it: closing at once could take the answer away from him. */
  #close(): void {
    this.#socket.end();
    this.#socket.setTimeout(LINGER_MILLISECONDS);
  }

  #receive(bytes: Buffer): void {
    this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes]);
    if (!this.#answering) this.#next();
    else if (this.#held.length > HELD_BYTES_MAX) this.#socket.pause();
  }

  #next(): void {
    const bytes = this.#held;
    if (bytes === undefined) return;
    const whole = this.#context.draining ? undefined : readWholeRequest(bytes, 0);
    const endpoint = whole === undefined ? undefined : this.#context.endpoints.get(`${whole.method} ${whole.target}`);
    const headers = whole === undefined || endpoint === undefined ? undefined : plainHeaders(whole);
    if (whole === undefined || endpoint === undefined || headers === undefined) {
      this.#handOver();
      return;
    }
    const { method, headers: rawHeaders, bodyStart, end } = whole;
    const body = bytes.toString('utf8', bodyStart, end);
    this.#held = end === bytes.length ? undefined : bytes.subarray(end);
    const socket = this.#socket;
    const ip = this.#context.addressOf(headers, socket);
    const request = { method, headers, rawHeaders, socket, ip, body };
    const startedAt = performance.now();
    this.#answering = true;
    this.#context.turns.add(() => void this.#answer(endpoint, request, startedAt));
  }

  async #answer(endpoint: DirectEndpoint, request: PlainRequest, startedAt: number): Promise<void> {
    const { draining } = this.#context;
    try {
      const answer = await endpoint.answer(request);
      const close = draining || this.#ended || this.#context.draining;
      if (!this.#socket.destroyed) {
        const { text, encoding } = this.#context.write(answer, close);
        this.#socket.write(text, encoding);
      }
      this.#context.answered(endpoint, answer.status, performance.now() - startedAt);
      if (close) this.#close();
    } catch {
      // The contract is that nothing is thrown: nobody knows what was sent, so nothing more is.
      this.#socket.destroy();
    }
    this.#answering = false;
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#next();
  }

  #end(): void {
    this.#ended = true;
    if (!this.#answering) this.#close();
  }

  #handOver(): void {
    const socket = this.#socket;
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('timeout', this.#onTimeout);
    socket.off('close', this.#onClose);
    socket.off('error', ignore);
    socket.setTimeout(0);
    this.#context.connections.delete(this);
    socket.pause();
    if (this.#held !== undefined) socket.unshift(this.#held);
    this.#held = undefined;
    this.#context.handOver(socket);
    socket.resume();
  }
}

/** The headers by name, where there is nothing about them that a rule of the framework's side is for. */
function plainHeaders({ method, headers, bodyStart, end }: WholeRequest): PlainRequest['headers'] | undefined {
  const named: Record<string, string> = Object.create(null);
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const before = named[name];
    if (before !== undefined && ONCE.has(name)) return undefined;
    named[name] = before === undefined ? (headers[index + 1] ?? '') : `${before}, ${headers[index + 1]}`;
  }
  if (method === 'GET') return bodyStart === end ? named : undefined;
  return FORMS.has(named['content-type'] ?? '') && end - bodyStart <= LIMITS.formBodyBytesMax ? named : undefined;
}

function ignore(): void {}
