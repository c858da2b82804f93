import type { Writable } from 'node:stream';
import type { Forward } from '../exchange.ts';
import { namesOf, writeFields } from '../field-text.ts';
import { BodyReader } from './body-reader.ts';
import { BodyRelay, LAST_CHUNK } from './body-relay.ts';
import { COMPLETE, INCOMPLETE } from './field-lines.ts';
import { isHarmlessTwice } from './harmless-twice.ts';
import { isWhole } from './is-whole.ts';
import { MaskedResponse, maskHead } from './masked-response.ts';
import type { ParsedRequest } from './request-head-parser.ts';
import { type ResponseHeadParser, responseHasBody } from './response-head-parser.ts';
import { writeResponseHead } from './response-head-writer.ts';
import { ruledLines, sentValue } from './response-rule-follower.ts';
import type { TransportContext } from './transport-context.ts';
import { FIXED_LIMITS } from './transport-limits.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import { agreesToWebSocket, UPGRADE_LINES } from './web-socket.ts';

/** What the response must know of the exchange it belongs to. */
export interface ResponseTerms {
  readonly request: ParsedRequest;
  readonly forward: Forward;
  /** The connection ends after this exchange, whatever the response is. */
  readonly closeAfter: boolean;
}

/**
 * The way back: parses the upstream's response and writes it to the caller, framed anew. It decides nothing about the
 * exchange; whoever feeds it looks at `problem`, `begun` and `done` afterwards.
 */
export class ResponseRelay {
  /** 0 until the final response head was written to the caller. */
  status = 0;
  done = false;
  problem = '';
  /** Must the caller's connection be closed afterwards? */
  closeAfter = false;
  /** May the upstream's connection be kept, as far as the response tells? */
  reusable = false;
  /** What came behind a 101 that was agreed on: from there on it is no HTTP. */
  afterUpgrade: Buffer | undefined;
  /** Nothing of the response goes to the caller; its status. What is said instead is the mask's, or another target's. */
  withheld = 0;
  /** Of one that is withheld for another try: in how many milliseconds to make it. */
  retryAfter: number | undefined;
  /** Has any byte come? Then the request must not be sent again. */
  anyBytes = false;
  readonly #context: TransportContext;
  readonly #socket: Writable;
  readonly #body = new BodyReader();
  readonly #relay: BodyRelay;
  #interimResponses = 0;
  #masked: MaskedResponse | undefined;

  constructor(context: TransportContext, socket: Writable) {
    this.#context = context;
    this.#socket = socket;
    this.#relay = new BodyRelay(context.out);
  }

  reset(): void {
    this.status = 0;
    this.done = false;
    this.problem = '';
    this.closeAfter = false;
    this.reusable = false;
    this.anyBytes = false;
    this.afterUpgrade = undefined;
    this.#interimResponses = 0;
    this.withheld = 0;
    this.retryAfter = undefined;
    this.#relay.begin(false);
  }

  /** The exchange is over. */
  end(): void {
    this.#masked?.end();
    this.#masked = undefined;
  }

  get bytesOut(): number {
    return this.#relay.relayed;
  }

  receive(upstream: UpstreamConnection, terms: ResponseTerms, bytes: Buffer, start: number, end: number): void {
    this.anyBytes = true;
    if (this.#masked !== undefined) {
      this.#takeMasked(this.#masked, terms, bytes, start, end);
      return;
    }
    if (this.status !== 0) {
      this.#context.out.open(this.#socket);
      this.#relayBody(bytes, start, end);
      return;
    }
    const { held } = upstream;
    if (held.length === 0) {
      const next = this.#readHeads(upstream, terms, bytes, start, end);
      if (next < end) held.append(bytes, next, end);
    } else {
      held.append(bytes, start, end);
      held.consumeTo(this.#readHeads(upstream, terms, held.bytes, held.start, held.end));
    }
  }

  /** The upstream has closed. @returns true when that is how the body ends. */
  endOfStream(terms: ResponseTerms): boolean {
    if (this.#masked?.body.endsWithConnection === true) {
      this.#sendMasked(this.#masked, terms);
      return this.done;
    }
    if (this.status === 0 || !this.#body.endsWithConnection) return false;
    if (this.#relay.chunkedOut) this.#context.out.say(this.#socket, LAST_CHUNK);
    this.reusable = false;
    this.done = true;
    return true;
  }

  /** Reads any interim responses and the final head. @returns the position from which a head is incomplete, or `end`. */
  #readHeads(upstream: UpstreamConnection, terms: ResponseTerms, bytes: Buffer, start: number, end: number): number {
    const { responseHeads } = this.#context;
    let at = start;
    while (at < end) {
      const headStart = at;
      const result = responseHeads.parse(bytes, at, end);
      if (result === INCOMPLETE) return at;
      if (result !== COMPLETE) {
        this.problem = responseHeads.problem;
        return end;
      }
      at = responseHeads.headEnd;
      if (responseHeads.status >= 200) {
        upstream.keepAliveSeconds = responseHeads.keepAliveSeconds;
        if (terms.request.onlyWebSocket === true && responseHeads.status < 300) {
          this.problem = 'a success that is no WebSocket, where the caller would take it for one';
          return end;
        }
        // No other status is ever tried again, and most responses are spared the question.
        if (responseHeads.status >= 500 && this.#isPassedOver(terms, bytes, at, end)) return end;
        if (!this.#holdsBack(terms, bytes, headStart, at)) this.#begin(terms, bytes, at, end);
        else if (this.#masked !== undefined) this.#takeMasked(this.#masked, terms, bytes, at, end);
        return end;
      }
      if (responseHeads.status === 101 && terms.forward.webSocket !== undefined) {
        this.#upgrade(terms, bytes, at, end);
        return end;
      }
      this.#interimResponses += 1;
      // We did not ask to upgrade, so 101 would leave the two sides speaking different protocols.
      if (responseHeads.status === 101 || this.#interimResponses > FIXED_LIMITS.interimResponsesMax) {
        this.problem = 'an interim response that was not asked for';
        return end;
      }
      this.#passInterim(terms.request, bytes, responseHeads);
    }
    return end;
  }

  /** RFC 9110 §15.2: 1xx responses are passed on, but for 100, which we have answered ourselves, and to HTTP/1.0. */
  #passInterim(request: ParsedRequest, bytes: Buffer, head: ResponseHeadParser): void {
    if (head.status === 100 || request.httpVersion === '1.0') return;
    const { out } = this.#context;
    out.open(this.#socket);
    writeResponseHead(out, bytes, head, '', []);
    out.send();
  }

  #upgrade({ forward }: ResponseTerms, bytes: Buffer, at: number, end: number): void {
    const { out, responseHeads: head } = this.#context;
    const fields = writeFields(forward.responseHeaders);
    if (fields === undefined || !agreesToWebSocket(bytes, head, forward.headers)) {
      this.problem = 'an upgrade that was not agreed on';
      return;
    }
    this.status = 101;
    out.open(this.#socket);
    writeResponseHead(out, bytes, head, UPGRADE_LINES + fields, namesOf(forward.responseHeaders));
    out.send();
    this.afterUpgrade = Buffer.from(bytes.subarray(at, end));
  }

  /** Is another target asked in its place? Not once the caller was told anything of it. */
  #isPassedOver({ request, forward }: ResponseTerms, bytes: Buffer, at: number, end: number): boolean {
    if (this.#interimResponses > 0 || !isHarmlessTwice(request, forward)) return false;
    const { responseHeads: head } = this.#context;
    this.retryAfter = forward.retry?.(head.status, sentValue(bytes, head, 'retry-after'));
    if (this.retryAfter === undefined) return false;
    this.withheld = head.status;
    this.reusable = head.keepAlive && isWhole(head, forward.method, bytes, at, end);
    return true;
  }

  /** Is the response kept, or withheld, because there is something in it that the caller may not have? */
  #holdsBack({ forward }: ResponseTerms, bytes: Buffer, headStart: number, headEnd: number): boolean {
    const { method, responseMask: mask } = forward;
    if (mask === undefined) return false;
    const { responseHeads: head } = this.#context;
    const hasBody = responseHasBody(head.status, method) && head.contentLength !== 0;
    const plan = mask.plan({ status: head.status, hasBody, field: (name) => sentValue(bytes, head, name) });
    if (plan === 'withhold') this.withheld = head.status;
    if (plan !== 'body') return plan === 'withhold';
    this.#masked = new MaskedResponse(this.#context, mask, bytes.subarray(headStart, headEnd));
    return true;
  }

  #takeMasked(masked: MaskedResponse, terms: ResponseTerms, bytes: Buffer, start: number, end: number): void {
    const next = masked.take(bytes, start, end);
    this.problem = masked.body.problem;
    if (masked.isTooMuch) this.withheld = masked.status;
    else if (masked.body.done) this.#sendMasked(masked, terms, next === end);
  }

  /** All of it has come. What was parsed since stands where its head did. */
  #sendMasked(masked: MaskedResponse, terms: ResponseTerms, isClean = false): void {
    const { responseHeads, out } = this.#context;
    const body = masked.hidden();
    this.#masked = undefined;
    masked.end();
    if (body === undefined || responseHeads.parse(masked.head, 0, masked.head.length) !== COMPLETE) {
      this.withheld = masked.status;
      return;
    }
    this.#begin(terms, masked.head, masked.head.length, masked.head.length, body);
    if (this.problem !== '') return;
    out.open(this.#socket);
    out.bytes(body, 0, body.length);
    out.send();
    this.#relay.relayed += body.length;
    this.reusable &&= isClean;
    this.done = true;
  }

  #begin(terms: ResponseTerms, bytes: Buffer, at: number, end: number, replaced?: Buffer): void {
    const { out, responseHeads: head, ticker } = this.#context;
    const { request, forward } = terms;
    const mask = forward.responseMask;
    const hasBody = responseHasBody(head.status, forward.method);
    const hidesLength = mask?.hidesLength === true && !hasBody;
    const contentLength = replaced?.length ?? (hidesLength ? undefined : head.contentLength);
    const body = this.#body;
    let framing = '';
    if (!hasBody || contentLength !== undefined) {
      body.expectLength(hasBody && replaced === undefined ? (contentLength ?? 0) : 0);
      // With HEAD and 304 it tells what a GET would have had (RFC 9110 §8.6); with 204 it is not allowed.
      if (contentLength !== undefined && head.status !== 204) framing = `content-length: ${contentLength}\r\n`;
    } else {
      if (head.chunked) body.expectChunks();
      else body.expectUntilClose();
      // HTTP/1.0 knows no chunks: there the body ends with the connection (RFC 9112 §6.1).
      if (request.httpVersion === '1.1') framing = 'transfer-encoding: chunked\r\n';
      this.#relay.begin(framing !== '');
    }
    this.closeAfter = terms.closeAfter || (hasBody && framing === '');
    const { responseRules } = forward;
    const ownFields = forward.responseLines ?? writeFields(forward.responseHeaders);
    const maskFields = mask === undefined ? '' : writeFields(maskHead(bytes, head, mask));
    const ruledFields = responseRules === undefined ? '' : ruledLines(bytes, head, responseRules);
    if (ownFields === undefined || maskFields === undefined || ruledFields === undefined) {
      this.problem = 'the pipeline adds a response header that cannot be written';
      return;
    }
    this.status = head.status;
    forward.onResponse?.(head.status, sentValue(bytes, head, 'content-type'));
    this.reusable = head.keepAlive && !body.endsWithConnection;
    const date = head.hasDate ? '' : `date: ${ticker.httpDate}\r\n`;
    out.open(this.#socket);
    writeResponseHead(
      out,
      bytes,
      head,
      framing + connectionLine(request, this.closeAfter) + date + ownFields + maskFields + ruledFields,
      forward.responseNames ?? namesOf(forward.responseHeaders),
    );
    this.#relayBody(bytes, at, end);
  }

  /** The send buffer is open; it is sent here, once for all that came together. */
  #relayBody(bytes: Buffer, at: number, end: number): void {
    const body = this.#body;
    const next = this.#relay.relay(body, bytes, at, end);
    this.#context.out.send();
    this.problem = body.problem;
    this.done = body.done;
    // Bytes beyond the response belong to no request: the connection can't be trusted with another.
    if (next < end) this.reusable = false;
  }
}

/** The Connection header line for the caller, or nothing where the protocol's default says the same (RFC 9112 §9.3). */
export function connectionLine(request: ParsedRequest, close: boolean): string {
  if (close) return 'connection: close\r\n';
  return request.httpVersion === '1.0' ? 'connection: keep-alive\r\n' : '';
}
