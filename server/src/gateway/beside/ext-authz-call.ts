import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { problem } from '../problems.ts';
import { isGone } from '../transport/http2/send-reply.ts';
import { answerCheck, denied, type ExtAuthzParts } from './ext-authz.ts';
import { type CheckResponse, EXT_AUTHZ_CHECK } from './ext-authz-messages.ts';
import { ACCEPTED_ENCODINGS, type HeldQuestions, QuestionReader, Unanswerable, unclear } from './read-question.ts';

export interface ExtAuthzCallParts extends ExtAuthzParts {
  held: HeldQuestions;
  /** The whole of a question and its answer, unless the proxy says that it waits for less. */
  milliseconds: number;
}

/** From the answer to the end of the call: for what the proxy still sends, and for the answer to be taken. */
const LEFT_MILLISECONDS = 10_000;
/** Of the time that the proxy gives, so much is left for the answer to reach it: a quarter, at most this. */
const WAY_BACK_MILLISECONDS = 50;

/** google.rpc.Code UNIMPLEMENTED. */
const UNIMPLEMENTED = '12';

/**
 * One call of Check (gRPC over HTTP/2). Whatever is wrong with the question, the call succeeds, and the answer is a denial:
 * a call that fails is for Envoy no answer, and may be taken for a yes (`failure_mode_allow`). Who makes his request so
 * large or so odd that the question can't be read would pass unchecked.
 */
export function onCall(
  parts: ExtAuthzCallParts,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  peer: string,
): void {
  stream.on('error', () => {});
  // Neither is anything that the proxy's caller could bring about.
  if (headers[':path'] !== EXT_AUTHZ_CHECK.path) return void fail(stream, { 'grpc-status': UNIMPLEMENTED });
  if (headers[':method'] !== 'POST' || !/^application\/grpc(?:$|[+;])/.test(headers['content-type'] ?? '')) {
    return void fail(stream, { ':status': 415 });
  }
  const reader = new QuestionReader(parts.held);
  let phase: 'reads' | 'judges' | 'answered' = 'reads';

  function answer(response: CheckResponse): void {
    if (phase === 'answered') return;
    phase = 'answered';
    clearTimeout(timer);
    reader.end();
    send(parts, stream, response);
    const left = setTimeout(() => end(stream), LEFT_MILLISECONDS);
    stream.once('close', () => clearTimeout(left));
  }
  const deny = (refusal: Unanswerable) => answer(denied(parts.refuse(refusal.found)));

  async function judge(): Promise<void> {
    const message = await reader.message(headers['grpc-encoding']?.toString());
    const response = await answerCheck(parts, decoded(message), peer, () => phase === 'answered');
    answer(response);
  }

  const waits = millisecondsOf(headers['grpc-timeout']?.toString());
  const timer = setTimeout(
    () => deny(phase === 'reads' ? unclear('the message, which is late', 408) : new Unanswerable(TOO_LATE)),
    Math.min(parts.milliseconds, waits || parts.milliseconds),
  );
  stream.once('close', () => {
    phase = 'answered';
    clearTimeout(timer);
    reader.end();
  });
  stream.on('data', (bytes: Buffer) => {
    if (phase === 'reads') reader.take(bytes);
  });
  if (!parts.isProxy(peer)) deny(new Unanswerable(problem('proxy_not_trusted')));
  else if (Number.isNaN(waits)) deny(unclear('grpc-timeout'));
  stream.once('end', () => {
    // Reset without an error: what came may look whole, and is not.
    if (phase !== 'reads' || isGone(stream)) return;
    phase = 'judges';
    judge().catch((error: unknown) => {
      if (error instanceof Unanswerable) return deny(error);
      parts.log.error({ err: error }, 'a check could not be answered');
      deny(new Unanswerable(problem('gateway_failed')));
    });
  });
}

const TOO_LATE = problem('decision_unavailable');

function decoded(message: Buffer) {
  try {
    return EXT_AUTHZ_CHECK.requestDeserialize(message);
  } catch {
    throw unclear('the message, which is no CheckRequest');
  }
}

/** Said when even a refusal can't be put into words. */
const LAST_WORD: CheckResponse = {
  status: { code: 7 },
  denied_response: { status: { code: 500 }, headers: [], body: '' },
};

function send({ log }: ExtAuthzCallParts, stream: ServerHttp2Stream, response: CheckResponse): void {
  if (isGone(stream)) return void stream.destroy();
  let message: Buffer;
  try {
    message = EXT_AUTHZ_CHECK.responseSerialize(response);
  } catch (error) {
    log.error({ err: error }, 'a check could not be answered');
    message = EXT_AUTHZ_CHECK.responseSerialize(LAST_WORD);
  }
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': ACCEPTED_ENCODINGS },
    { waitForTrailers: true },
  );
  stream.end(Buffer.concat([prefix, message]));
}

/** Trailers-Only. */
function fail(stream: ServerHttp2Stream, headers: object): void {
  if (isGone(stream)) return void stream.destroy();
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...headers }, { endStream: true });
  stream.resume();
  const left = setTimeout(() => end(stream), LEFT_MILLISECONDS);
  stream.once('close', () => clearTimeout(left));
}

/** RFC 9113 §8.1: whoever goes on sending is told that nobody needs it. */
function end(stream: ServerHttp2Stream): void {
  stream.close(stream.writableFinished ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL);
}

const MILLISECONDS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** What `grpc-timeout` leaves us. Undefined without one, NaN for what is none. */
function millisecondsOf(timeout: string | undefined): number | undefined {
  if (timeout === undefined) return undefined;
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(timeout) ?? [];
  const milliseconds = Number(digits) * (MILLISECONDS[unit] ?? Number.NaN);
  return milliseconds - Math.min(WAY_BACK_MILLISECONDS, milliseconds / 4);
}
