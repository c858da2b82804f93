import type { Random } from '#base';
import type { RawHeaders } from './exchange.ts';
import { type MadeLines, MadeNames, type OwnHeaders } from './own-headers.ts';

/** Appends the trace of this request (W3C Trace Context): the caller's when it is valid, a new one otherwise. */
export type TraceAppender = (upstreamHeaders: OwnHeaders, inbound: RawHeaders) => void;

/** version 00, or a later one that begins alike (§2.2.1); an id of zeros is invalid (§2.2.2). */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{1,256})?$/;
const TRACESTATE_LENGTH_MAX = 512;

/** Made for many at once. */
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;
const MADE_AT_ONCE = 1024;

export function traceAppender(random: Random): TraceAppender {
  const lines = Buffer.alloc(FORM.length * MADE_AT_ONCE, FORM);
  let offset = lines.length;

  function newTrace(): MadeLines {
    if (offset === lines.length) {
      drawTraces(lines, random);
      offset = 0;
    }
    const start = offset;
    offset += FORM.length;
    // A name of ours, and hexadecimal digits. Of its own: a piece of a text keeps all of it, and a request may last for hours.
    return lines.toString('latin1', start, offset) as MadeLines;
  }

  return (upstreamHeaders, inbound) => {
    const trace = inboundTrace(inbound);
    if (trace === undefined) {
      upstreamHeaders.addMade(TRACE_NAMES, newTrace());
      return;
    }
    upstreamHeaders.add('traceparent', trace.traceparent);
    if (trace.tracestate !== undefined) upstreamHeaders.add('tracestate', trace.tracestate);
  };
}

const TRACE_NAMES = new MadeNames('traceparent');
const NAME = 'traceparent: ';
const HEX = Buffer.from('0123456789abcdef', 'latin1');
/** Sampled: whether to keep it is for the services that trace, and by default they follow this flag. */
const FORM = Buffer.from(`${NAME}00-${'0'.repeat(2 * TRACE_BYTES)}-${'0'.repeat(2 * SPAN_BYTES)}-01\r\n`, 'latin1');
/** Where each random byte stands in it. */
const PLACES = Array.from(
  { length: TRACE_BYTES + SPAN_BYTES },
  (_, byte) => NAME.length + 3 + 2 * byte + (byte < TRACE_BYTES ? 0 : 1),
);

/** Byte by byte: put together from texts they would be the most garbage that a request makes. */
function drawTraces(lines: Buffer, random: Random): void {
  const drawn = random.bytes(PLACES.length * MADE_AT_ONCE);
  let next = 0;
  for (let start = 0; start < lines.length; start += FORM.length) {
    for (const place of PLACES) {
      const byte = drawn[next] ?? 0;
      next += 1;
      lines[start + place] = HEX[byte >> 4] ?? 0;
      lines[start + place + 1] = HEX[byte & 15] ?? 0;
    }
  }
}

/** The trace that the caller's request belongs to, if it says so as it should. */
export function inboundTrace(inbound: RawHeaders): { traceparent: string; tracestate: string | undefined } | undefined {
  let traceparent: string | undefined;
  let parents = 0;
  let state = '';
  for (let index = 0; index < inbound.length; index += 2) {
    if (inbound[index] === 'traceparent') {
      traceparent = inbound[index + 1];
      parents += 1;
    } else if (inbound[index] === 'tracestate') {
      state = state === '' ? (inbound[index + 1] ?? '') : `${state},${inbound[index + 1] ?? ''}`;
    }
  }
  // §3.3.1.1: without a valid traceparent, tracestate means nothing.
  if (traceparent === undefined || parents > 1 || !TRACEPARENT.test(traceparent)) return undefined;
  return { traceparent, tracestate: state !== '' && state.length <= TRACESTATE_LENGTH_MAX ? state : undefined };
}
