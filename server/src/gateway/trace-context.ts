import type { Random } from '#base';
import type { RawHeaders } from './exchange.ts';
import type { MadeValue, OwnHeaders } from './own-headers.ts';

/** Appends the trace of this request (W3C Trace Context): the caller's when it is valid, a new one otherwise. */
export type TraceAppender = (upstreamHeaders: OwnHeaders, inbound: RawHeaders) => void;

/** version 00, or a later one that begins alike (§2.2.1); an id of zeros is invalid (§2.2.2). */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[\x21-\x7e]{1,256})?$/;
const TRACESTATE_LENGTH_MAX = 512;

/** Sixteen bytes of trace and eight of span, as text: made for many at once, of which each gets its pieces. */
const TRACE_LENGTH = 32;
const SPAN_LENGTH = 16;
const POOL_BYTES = ((TRACE_LENGTH + SPAN_LENGTH) / 2) * 512;

export function traceAppender(random: Random): TraceAppender {
  let pool = '';
  let offset = 0;

  function newTraceparent(): MadeValue {
    if (offset === pool.length) {
      pool = random.bytes(POOL_BYTES).toString('hex');
      offset = 0;
    }
    const [start, middle] = [offset, offset + TRACE_LENGTH];
    offset = middle + SPAN_LENGTH;
    // Sampled: whether to keep it is for the services that trace, and by default they follow this flag.
    return `00-${pool.slice(start, middle)}-${pool.slice(middle, offset)}-01` as MadeValue;
  }

  return (upstreamHeaders, inbound) => {
    const trace = inboundTrace(inbound);
    if (trace === undefined) {
      upstreamHeaders.addMade('traceparent', newTraceparent());
      return;
    }
    upstreamHeaders.add('traceparent', trace.traceparent);
    if (trace.tracestate !== undefined) upstreamHeaders.add('tracestate', trace.tracestate);
  };
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
