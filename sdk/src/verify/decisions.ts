import { type Fetch, fetchJson } from '../net/fetch-json.ts';
import type { Auth } from './auth.ts';
import { AuthError } from './auth-error.ts';
import { BoundedCache } from './bounded-cache.ts';

type Properties = Readonly<Record<string, unknown>>;

/** May the caller do `action` to `resource`? */
export interface Question {
  action: string | { name: string; properties?: Properties };
  resource: { type: string; id: string; properties?: Properties };
  context?: Properties;
}

export interface Decision {
  allowed: boolean;
  /** By this id `gatehouse explain` says why. */
  decisionId?: string;
  reason?: string;
  obligations: readonly string[];
  /** Everything the decision point said besides. */
  context: Properties;
}

export interface DecisionsOptions {
  /** The policy decision point: the issuer, when it is Gatehouse. */
  url: string;
  /** Needs the permission `decisions:evaluate`. */
  apiKey: string;
  /** How long a decision counts for the same question; 0: never. */
  cacheSeconds: number;
  fetch: Fetch;
  now: () => number;
}

export interface Decisions {
  /** @throws {@link AuthError} `decision_unavailable`: never a yes. */
  decide(auth: Auth, question: Question): Promise<Decision>;
}

const CACHED_MAX = 10_000;
/** What AuthZEN calls boxcarring: questions of one tick go together. The server takes more; an answer that is late holds up all. */
const BATCH_MAX = 50;
const WAITING_MAX = 5_000;

interface Waiting {
  body: object;
  answer(decision: Decision): void;
  fail(error: unknown): void;
}

/** Asks by OpenID AuthZEN 1.0; the same question at the same time is asked once. */
export function createDecisions(options: DecisionsOptions): Decisions {
  const { now, cacheSeconds } = options;
  const cache = new BoundedCache<string, { decision: Decision; until: number }>(CACHED_MAX);
  const pending = new Map<string, Promise<Decision>>();
  let waiting: Waiting[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (let start = 0; start < all.length; start += BATCH_MAX)
      void answer(options, all.slice(start, start + BATCH_MAX));
  }

  function ask(body: object): Promise<Decision> {
    return new Promise((answer, fail) => {
      if (waiting.length === 0) setTimeout(flush, 0);
      waiting.push({ body, answer, fail });
    });
  }

  return {
    async decide(auth, question) {
      const body = toEvaluation(auth, question);
      const key = JSON.stringify(body);
      const cached = cache.get(key);
      if (cached !== undefined && now() < cached.until) return cached.decision;
      const running = pending.get(key);
      if (running !== undefined) return running;
      if (pending.size >= WAITING_MAX) throw new AuthError('decision_unavailable');
      const asked = ask(body)
        .then((decision) => {
          if (cacheSeconds > 0) cache.set(key, { decision, until: now() + cacheSeconds * 1000 });
          return decision;
        })
        .finally(() => pending.delete(key));
      pending.set(key, asked);
      return asked;
    },
  };
}

/**
 * What the decision point can not know itself: how the caller signed in, and what the credential is for. Roles, groups and
 * organization count there for callers of other issuers; of its own directory's people it knows better.
 */
function toEvaluation(auth: Auth, { action, resource, context }: Question): object {
  const { type, subject, scopes, roles, groups, organizationId, acr, amr, authTime, environment } = auth;
  const properties = {
    scopes,
    ...(roles.length === 0 ? {} : { roles }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(organizationId === undefined ? {} : { organization: organizationId }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...(environment === undefined ? {} : { environment }),
  };
  return {
    subject: { type, id: subject, properties },
    action: typeof action === 'string' ? { name: action } : action,
    resource,
    ...(context === undefined ? {} : { context }),
  };
}

async function answer(options: DecisionsOptions, batch: readonly Waiting[]): Promise<void> {
  try {
    const [first] = batch;
    const bodies =
      batch.length === 1 ? [await post(options, 'evaluation', first?.body ?? {})] : await postAll(options, batch);
    if (bodies.length !== batch.length) throw new TypeError('there are not as many answers as questions');
    for (const [index, each] of batch.entries()) {
      const decision = readDecision(bodies[index]);
      if (decision instanceof Error) each.fail(new AuthError('decision_unavailable', { cause: decision }));
      else each.answer(decision);
    }
  } catch (cause) {
    for (const each of batch) each.fail(new AuthError('decision_unavailable', { cause }));
  }
}

async function postAll(options: DecisionsOptions, batch: readonly Waiting[]): Promise<readonly unknown[]> {
  const evaluations = batch.map(({ body }) => body);
  const answered = await post(options, 'evaluations', { evaluations });
  return Array.isArray(answered.evaluations) ? answered.evaluations : [];
}

async function post({ url, apiKey, fetch }: DecisionsOptions, path: string, body: object): Promise<Properties> {
  const init = {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const answered = await fetchJson(`${url.replace(/\/$/, '')}/access/v1/${path}`, { fetch, init });
  if (answered.status !== 200) throw new TypeError(`the decision point answered ${answered.status}`);
  return answered.body;
}

/** Anything but a clear `true` is a no; an answer that is no answer is an error. */
function readDecision(value: unknown): Decision | Error {
  if (typeof value !== 'object' || value === null) return new TypeError('an answer is missing');
  const { decision, context }: { decision?: unknown; context?: unknown } = value;
  if (typeof decision !== 'boolean') return new TypeError('an answer has no decision');
  const told: Record<string, unknown> = typeof context === 'object' && context !== null ? { ...context } : {};
  // AuthZEN §7.2.1: a question that could not be answered is told inside the batch.
  if (told.error !== undefined) return new TypeError(JSON.stringify(told.error));
  const { decision_id, reason, obligations } = told;
  return {
    allowed: decision,
    ...(typeof decision_id === 'string' ? { decisionId: decision_id } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
    obligations: Array.isArray(obligations) ? obligations.filter((each) => typeof each === 'string') : [],
    context: told,
  };
}
