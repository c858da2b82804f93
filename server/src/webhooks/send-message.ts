import { GatehouseError, type SafeFetch } from '#base';

/** What came of one attempt. */
export interface AttemptOutcome {
  /** Of the answer; undefined when there was none. */
  status: number | undefined;
  /** In our words; undefined when the receiver took it. */
  failure: string | undefined;
  answer: string | undefined;
  retryAfter: string | undefined;
  durationMs: number;
}

/** Standard Webhooks: 15 to 30 seconds. */
const TIMEOUT_MS = 15_000;
/** Nobody needs more to say yes. More than this is a failure, since what comes after it is not waited for. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** What is kept of an answer, for whoever looks why a receiver refused. */
const ANSWER_KEPT_LENGTH_MAX = 1024;

/** Codes of Node and OpenSSL, in words for whoever runs the receiver. Names that don't resolve read like those that may not. */
const WORDS_OF_CODE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_HEADERS_OVERFLOW: 'the head of the answer is too large',
  HPE_HEADER_OVERFLOW: 'the head of the answer is too large',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is of no known authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is of no known authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** Posts a signed message. A redirect is a failure like any other answer that is not 2xx: nobody is followed. */
export async function sendMessage(
  fetch: SafeFetch,
  { url, headers, body }: { url: string; headers: Readonly<Record<string, string>>; body: string },
  signal?: AbortSignal,
): Promise<AttemptOutcome> {
  const startedAt = performance.now();
  const duration = () => Math.round(performance.now() - startedAt);
  try {
    const {
      status,
      headers: answered,
      body: answer,
    } = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      redirects: 'answer',
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: ANSWER_BYTES_MAX,
      ...(signal === undefined ? {} : { signal }),
    });
    const isTaken = status >= 200 && status <= 299;
    return {
      status,
      failure: isTaken ? undefined : `answered ${status}`,
      answer: keptText(answer),
      retryAfter: answered['retry-after'],
      durationMs: duration(),
    };
  } catch (error) {
    const failure = failureOf(error);
    return { status: undefined, failure, answer: undefined, retryAfter: undefined, durationMs: duration() };
  }
}

/** What PostgreSQL's text can hold. */
function keptText(answer: Buffer): string | undefined {
  if (answer.length === 0) return undefined;
  return answer.subarray(0, ANSWER_KEPT_LENGTH_MAX).toString().toWellFormed().replaceAll('\0', '\ufffd');
}

/** Nothing by which one could feel one's way through the network: of what may not be reached, only that it may not. */
function failureOf(error: unknown): string {
  if (!(error instanceof GatehouseError)) return 'it could not be sent';
  if (error.code === 'fetch_refused') return UNREACHABLE;
  const { cause } = error;
  if (!(cause instanceof Error)) return UNREACHABLE;
  if (cause.name === 'TimeoutError') return `no complete answer within ${TIMEOUT_MS / 1000} seconds`;
  if (cause.message.startsWith('more than ')) return `the answer is larger than ${ANSWER_BYTES_MAX / 1024} KB`;
  return WORDS_OF_CODE[(cause as NodeJS.ErrnoException).code ?? ''] ?? UNREACHABLE;
}

const UNREACHABLE = 'there is nothing at this address that may be reached from here';
