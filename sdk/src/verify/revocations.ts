import { basicAuthorization } from '../net/client-authentication.ts';
import { type Fetch, fetchJson, UnreachableError } from '../net/fetch-json.ts';
import type { IssuerMetadata } from '../net/issuer-metadata.ts';
import type { Claims } from './auth.ts';

/**
 * What a revocation names, and the claim that carries such an id. The server has the same list in
 * oauth/tokens/revocation-list.ts: these are the words of its feed.
 */
const CLAIM_OF = {
  jti: 'jti',
  grant: 'grant_id',
  client: 'client_id',
  secret: 'client_secret_id',
  session: 'sid',
  user: 'sub',
} as const;
/** Something about an API key changed: whoever remembers what was said about it asks again. */
const API_KEY = 'api_key';
type Kind = keyof typeof CLAIM_OF;
const KINDS = Object.keys(CLAIM_OF) as Kind[];

export interface Revocations {
  /** Grows with everything heard: a token that was found clean at this version needs no second look. */
  readonly version: number;
  /** Is the feed heard? If not, whether a token was revoked is not known here. */
  isHeard(): boolean;
  isRevoked(claims: Claims): boolean;
  /** Resolves when the feed was heard for the first time, or could not be. */
  ready(): Promise<void>;
  close(): void;
}

export interface RevocationsOptions {
  metadata: () => Promise<IssuerMetadata>;
  clientId: string;
  clientSecret: string;
  fetch: Fetch;
  now: () => number;
  /** Told what changed: ids of API keys; undefined when it may be any token. */
  onHeard?: (apiKeyIds: readonly string[] | undefined) => void;
}

interface Entry {
  /** Milliseconds: tokens issued up to then are dead. */
  before: number;
  expiresAt: number;
}

/** So long the server holds a question open; the answer comes at once when something is revoked. */
const WAIT_SECONDS = 25;
const TIMEOUT_MILLISECONDS = 35_000;
/** Silence for longer than this means that the feed is lost. */
const HEARD_MILLISECONDS_MAX = 40_000;
const ENTRIES_MAX = 1_000_000;
const BYTES_MAX = 64 * 1024 * 1024;
const PACE_MILLISECONDS = 1_000;
const BACK_OFF_MILLISECONDS = { first: 250, max: 10_000 };

/** Follows an issuer's revocations, so that a token which is verified from memory still ends when it is revoked. */
export function followRevocations(options: RevocationsOptions): Revocations {
  const { now } = options;
  const entries = new Map<string, Entry>();
  const stop = new AbortController();
  let cursor: string | undefined;
  let heardAt = Number.NEGATIVE_INFINITY;
  let version = 0;

  /** @returns whether there was anything new. */
  async function hear(wait: boolean): Promise<boolean> {
    const answer = await ask(options, { cursor, wait, signal: stop.signal });
    for (const [key, { expiresAt }] of entries) if (expiresAt <= now()) entries.delete(key);
    // Behind a load balancer every answer may begin anew: what was known before is no news.
    const news = answer.revocations.filter((heard) => add(entries, heard, now()));
    if (entries.size > ENTRIES_MAX) throw new UnreachableError('there are more revocations than can be remembered');
    // Added to what is known, also when the server began anew: what was revoked once stays so.
    cursor = answer.cursor;
    if (news.length > 0) {
      version += 1;
      options.onHeard?.(news.every(({ kind }) => kind === API_KEY) ? news.map(({ id }) => id) : undefined);
    }
    // Not before all of it is known.
    if (!answer.more) heardAt = now();
    return answer.more || news.length > 0;
  }

  async function follow(): Promise<void> {
    let failures = 0;
    while (!stop.signal.aborted) {
      try {
        const askedAt = Date.now();
        const something = await hear(true);
        failures = 0;
        // A server with too many who wait, or another one behind the same address, answers at once: it is not asked at once.
        if (!something && Date.now() - askedAt < PACE_MILLISECONDS) await pause(PACE_MILLISECONDS, stop.signal);
      } catch {
        // Nobody is there to tell: whoever verifies a token asks whether the feed is heard.
        const milliseconds = Math.min(BACK_OFF_MILLISECONDS.first * 2 ** failures, BACK_OFF_MILLISECONDS.max);
        failures += 1;
        await pause(milliseconds, stop.signal);
      }
    }
  }

  async function begin(): Promise<void> {
    try {
      while (!stop.signal.aborted && (await hear(false)) && heardAt === Number.NEGATIVE_INFINITY);
    } catch {
      // Followed all the same; until it is heard, the issuer is asked about each token.
    }
  }
  const first = begin();
  void first.then(follow);

  return {
    get version() {
      return version;
    },
    isHeard: () => now() - heardAt < HEARD_MILLISECONDS_MAX,
    isRevoked: (claims) => entries.size > 0 && isRevoked(entries, claims),
    ready: () => first,
    close: () => stop.abort(),
  };
}

function isRevoked(entries: ReadonlyMap<string, Entry>, claims: Claims): boolean {
  const ended = (kind: string, id: unknown) => {
    const entry = typeof id === 'string' ? entries.get(`${kind} ${id}`) : undefined;
    const { iat } = claims;
    // `iat` is whole seconds: a token of the same second counts as issued before. Without it, when in doubt, it is dead.
    return entry !== undefined && (typeof iat !== 'number' || iat <= Math.floor(entry.before / 1000));
  };
  if (KINDS.some((kind) => ended(kind, claims[CLAIM_OF[kind]]))) return true;
  // Of tokens that it was exchanged for: `kind:id`.
  const origins = Array.isArray(claims.origins) ? claims.origins : [];
  return origins.some((origin) => {
    if (typeof origin !== 'string') return false;
    const colon = origin.indexOf(':');
    return ended(origin.slice(0, colon), origin.slice(colon + 1));
  });
}

/** @returns whether it says more than what was known. */
function add(entries: Map<string, Entry>, { kind, id, before, expiresAt }: Heard, now: number): boolean {
  if (expiresAt <= now) return false;
  const key = `${kind} ${id}`;
  const known = entries.get(key);
  if (known !== undefined && known.before >= before && known.expiresAt >= expiresAt) return false;
  entries.set(key, {
    before: Math.max(before, known?.before ?? 0),
    expiresAt: Math.max(expiresAt, known?.expiresAt ?? 0),
  });
  return true;
}

interface Heard extends Entry {
  kind: string;
  id: string;
}

async function ask(
  { metadata, clientId, clientSecret, fetch }: RevocationsOptions,
  { cursor, wait, signal }: { cursor: string | undefined; wait: boolean; signal: AbortSignal },
): Promise<{ cursor: string; more: boolean; revocations: Heard[] }> {
  const { gatehouse_revocations_endpoint: url } = await metadata();
  if (url === undefined) throw new UnreachableError('The issuer has no feed of revocations');
  const form = new URLSearchParams({
    ...(cursor === undefined ? {} : { cursor }),
    wait: wait ? `${WAIT_SECONDS}` : '0',
  });
  const { status, body } = await fetchJson(url, {
    fetch,
    timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    bytesMax: BYTES_MAX,
    init: {
      method: 'POST',
      signal,
      headers: {
        authorization: basicAuthorization(clientId, clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form.toString(),
    },
  });
  if (status !== 200) throw new UnreachableError(`The feed of revocations was answered with ${status}`);
  const { cursor: next, more, revocations } = body;
  if (typeof next !== 'string' || !Array.isArray(revocations))
    throw new UnreachableError('The feed is not well formed');
  return { cursor: next, more: more === true, revocations: revocations.map(readHeard) };
}

function readHeard(value: unknown): Heard {
  const { kind, id, before, expires_at }: Record<string, unknown> = typeof value === 'object' ? { ...value } : {};
  if (
    typeof kind !== 'string' ||
    typeof id !== 'string' ||
    typeof before !== 'number' ||
    typeof expires_at !== 'number'
  )
    throw new UnreachableError('The feed is not well formed');
  return { kind, id, before, expiresAt: expires_at };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      // Or a signal that lives as long as the process would keep a listener of each pause.
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer: unknown = setTimeout(done, milliseconds);
    // Where there is such a thing: waiting must not keep a program from ending.
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref();
    signal.addEventListener('abort', done);
  });
}
