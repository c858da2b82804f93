import { lookup } from 'node:dns/promises';
import { getCACertificates } from 'node:tls';
import type { Agent, buildConnector, Dispatcher } from 'undici';
import { baseErrors, GatehouseError } from './errors.ts';
import { LIMITS } from './limits.ts';
import { isAllowedAddress, isInRanges, parseAddress, readRanges } from './safe-fetch-addresses.ts';

/** What the operator allows beyond public addresses over https. */
export interface SafeFetchPolicy {
  /** Address ranges inside the own network that may be fetched from, as `10.1.0.0/16`. */
  allowRanges?: readonly string[];
  /** Plain http as well; `in_ranges`: to addresses in those ranges alone, which no one else is in. */
  allowHttp?: boolean | 'in_ranges';
  /** Certificates (PEM) of own authorities, trusted besides the well-known ones. */
  certificates?: readonly string[];
  /** All addresses of a host name. The system's resolver unless given. */
  resolve?: (hostname: string) => Promise<readonly string[]>;
}

export interface SafeFetchOptions {
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** For everything together: resolving, connecting, redirects, reading. */
  timeoutMs?: number;
  bodyBytesMax?: number;
  /** `answer`: a redirect is an answer like any other, and is not followed. */
  redirects?: 'follow' | 'answer';
  signal?: AbortSignal;
}

export interface SafeFetchResponse {
  status: number;
  /** Names in lower case; a header that came several times is joined with `, `. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Where it came from in the end. */
  url: string;
}

export type SafeFetch = (url: string, options?: SafeFetchOptions) => Promise<SafeFetchResponse>;

type Ranges = ReturnType<typeof readRanges>;

const TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 1024 * 1024;
const REDIRECTS_MAX = 3;
const ADDRESSES_MAX = 4;
const HEADER_BYTES_MAX = 16 * 1024;
const REDIRECT_STATUSES = new Set([301, 302, 303, 307, 308]);

/**
 * Makes the one function through which the server fetches what others name: metadata, key sets, webhooks. It connects
 * only to addresses it has looked at itself, so that neither a private address, nor a name that leads to one, nor a name
 * that changes its mind between the check and the connection (DNS rebinding) leads inside.
 * Errors of the returned function: `fetch_refused` when it may not, `fetch_failed` when it can't.
 */
export function createSafeFetch(policy: SafeFetchPolicy = {}): SafeFetch {
  const allowed = readRanges(policy.allowRanges ?? []);
  let client: ReturnType<typeof openClient> | undefined;

  return async (url, options = {}) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
    let target = readUrl(url, policy);
    let headers = ownHeaders(options.headers);
    try {
      for (let redirects = 0; ; redirects += 1) {
        client ??= openClient(policy, allowed);
        const { agent, request } = await client;
        const { method = 'GET', body } = options;
        const requested = request(target, {
          dispatcher: agent,
          method,
          headers,
          signal,
          ...(body === undefined ? {} : { body }),
        });
        // Undici looks at the signal only once it is connected.
        const response = await unlessAborted(requested, signal);
        const follows = options.redirects !== 'answer' && REDIRECT_STATUSES.has(response.statusCode);
        const location = follows ? response.headers.location : undefined;
        if (location === undefined) return await readResponse(response, target, options.bodyBytesMax ?? BODY_BYTES_MAX);
        response.body.on('error', () => undefined).destroy();
        if (method !== 'GET') throw refuse(`${target.origin} redirects a ${method}`);
        if (redirects === REDIRECTS_MAX) throw refuse(`more than ${REDIRECTS_MAX} redirects`);
        target = readUrl(new URL(String(location), target).href, policy);
        // Whoever stands at the other address was not meant by any of the caller's headers.
        headers = ownHeaders(headers.accept === undefined ? {} : { accept: headers.accept });
      }
    } catch (error) {
      if (error instanceof GatehouseError) throw error;
      throw baseErrors.fetch_failed({ cause: error });
    }
  };
}

function readUrl(text: string, { allowHttp = false }: SafeFetchPolicy): URL {
  const url = text.length <= LIMITS.urlLengthMax ? URL.parse(text) : null;
  if (url === null) throw refuse('not a URL, or too long');
  if (url.protocol !== 'https:' && (allowHttp === false || url.protocol !== 'http:'))
    throw refuse(`scheme ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw refuse('the URL holds a user name or password');
  return url;
}

function ownHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own: Record<string, string> = { 'user-agent': 'gatehouse' };
  for (const [name, value] of Object.entries(headers)) own[name.toLowerCase()] = value;
  // Undici sets these from the URL and the body; another Host would make the check of the name worthless.
  for (const name of ['host', 'content-length', 'transfer-encoding', 'connection']) delete own[name];
  // A compressed answer could be a thousand times as large as the limit.
  return { ...own, 'accept-encoding': 'identity' };
}

/** Undici is loaded at the first fetch: the command line, which has this room too, never makes one. */
async function openClient(
  policy: SafeFetchPolicy,
  allowed: Ranges,
): Promise<{ agent: Agent; request: typeof import('undici').request }> {
  const undici = await import('undici');
  const agent = new undici.Agent({
    connect: checkedConnector(policy, allowed, undici.buildConnector),
    connections: 16,
    pipelining: 1,
    // A connection that was checked long ago should not serve for long.
    keepAliveTimeout: 1_000,
    keepAliveMaxTimeout: 10_000,
    maxHeaderSize: HEADER_BYTES_MAX,
  });
  return { agent, request: undici.request };
}

/** Resolves the name itself, looks at every address, and connects to one of those and nothing else. */
function checkedConnector(
  policy: SafeFetchPolicy,
  allowed: Ranges,
  build: typeof buildConnector,
): buildConnector.connector {
  const connect = build({
    allowH2: false,
    timeout: TIMEOUT_MS,
    // What is given takes the place of those that are known otherwise.
    ...(policy.certificates === undefined ? {} : { ca: [...getCACertificates('default'), ...policy.certificates] }),
  });
  const resolve = policy.resolve ?? resolveBySystem;

  const checkedAddresses = async (hostname: string, protocol: string): Promise<readonly string[]> => {
    const literal = parseAddress(hostname);
    const resolved = literal === undefined ? resolve(hostname) : [literal.toString()];
    // Or all later requests to that name would wait behind this one.
    const addresses = await unlessAborted(Promise.resolve(resolved), AbortSignal.timeout(TIMEOUT_MS));
    if (addresses.length === 0) throw fail('the name has no address');
    // One bad address condemns the name: an honest one has no reason to point both outside and inside.
    if (!addresses.every((address) => isAllowedAddress(address, allowed))) throw refuse('address not allowed');
    const isConfined = policy.allowHttp === 'in_ranges' && protocol === 'http:';
    if (isConfined && !addresses.every((address) => isInRanges(address, allowed))) throw refuse('scheme http: outside');
    return addresses.slice(0, ADDRESSES_MAX);
  };

  return (options, done) => {
    const hostname = options.hostname;
    const servername = parseAddress(hostname) === undefined ? { servername: hostname } : {};
    const tryNext = ([address, ...others]: readonly string[], last?: Error): void => {
      if (address === undefined) {
        done(last ?? fail('no address could be connected to'), null);
        return;
      }
      connect({ ...options, ...servername, hostname: address }, (...outcome) => {
        const [error] = outcome;
        if (error !== null && others.length > 0) tryNext(others, error);
        else done(...outcome);
      });
    };
    checkedAddresses(hostname, options.protocol).then(tryNext, (error: Error) => done(error, null));
  };
}

/** What `work` gives, unless the signal comes first; `work` itself goes on, and nobody listens. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function resolveBySystem(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
}

async function readResponse(
  response: Dispatcher.ResponseData,
  url: URL,
  bodyBytesMax: number,
): Promise<SafeFetchResponse> {
  const { statusCode: status, headers, body } = response;
  const parts: Buffer[] = [];
  let size = 0;
  try {
    if (String(headers['content-encoding'] ?? 'identity') !== 'identity') throw fail('a compressed answer');
    if (Number(headers['content-length'] ?? 0) > bodyBytesMax) throw fail(`more than ${bodyBytesMax} bytes`);
    for await (const part of body) {
      size += (part as Buffer).length;
      if (size > bodyBytesMax) throw fail(`more than ${bodyBytesMax} bytes`);
      parts.push(part as Buffer);
    }
  } catch (error) {
    body.on('error', () => undefined).destroy();
    throw error;
  }
  const entries = Object.entries(headers).map(([name, value = '']) => [name, [value].flat().join(', ')]);
  return { status, headers: Object.fromEntries(entries), body: Buffer.concat(parts), url: url.href };
}

/** The reason goes to the log: told to the caller, it would let him feel his way through the network. */
function refuse(reason: string): GatehouseError {
  return baseErrors.fetch_refused({ cause: new Error(reason) });
}

function fail(reason: string): GatehouseError {
  return baseErrors.fetch_failed({ cause: new Error(reason) });
}
