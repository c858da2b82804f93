/** What goes out is bounded: where to, for how long, how much comes back, and no hop elsewhere. */

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

export interface JsonAnswer {
  status: number;
  body: Readonly<Record<string, unknown>>;
  headers: Headers;
}

export interface FetchJsonOptions {
  fetch: Fetch;
  init?: RequestInit;
  timeoutMilliseconds?: number;
  bytesMax?: number;
}

/** An address could not be reached, or what it answered is not what it should be. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

const TIMEOUT_MILLISECONDS = 5_000;
const BYTES_MAX = 1024 * 1024;

/** @throws {@link UnreachableError} unless a JSON object came back, whatever its status. */
export async function fetchJson(url: string, options: FetchJsonOptions): Promise<JsonAnswer> {
  const { fetch, init, timeoutMilliseconds = TIMEOUT_MILLISECONDS, bytesMax = BYTES_MAX } = options;
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const signal = init?.signal == null ? timeout : AbortSignal.any([timeout, init.signal]);
  try {
    // A redirect would take a client's credential, or the question whose keys are believed, to somewhere else.
    const response = await fetch(url, { ...init, redirect: 'manual', signal });
    const text = await readText(response, bytesMax);
    const body: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new TypeError('it is no JSON object');
    return { status: response.status, body: Object.fromEntries(Object.entries(body)), headers: response.headers };
  } catch (cause) {
    throw new UnreachableError(`${withoutQuery(url)} did not answer as expected: ${messageOf(cause)}`, { cause });
  }
}

/** Credentials and keys travel by TLS; plain HTTP is for one's own machine. */
export function isSafeUrl(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return false;
  }
  if (url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|[a-z0-9-]+\.localhost)$/;

async function readText(response: Response, bytesMax: number): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw new TypeError(`it is longer than ${bytesMax} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

const withoutQuery = (url: string) => url.split('?', 1)[0] ?? '';
const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : 'unknown');
