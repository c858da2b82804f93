import type { Params } from './read-params.ts';

/** What reaches an endpoint: plain data. `http/` fills it, so the rules run in a test without a server. */
export interface EndpointRequest {
  tenantId: string;
  params: Params;
  /** The Authorization header. */
  authorization?: string | undefined;
  /** The caller's TLS certificate (DER), when the listener or a trusted proxy saw one. */
  certificate?: Uint8Array | undefined;
  /** DPoP headers, each as it came (RFC 9449 §4.1). */
  dpop?: readonly string[] | undefined;
  /** The HTTP method; POST where nothing else reaches the endpoint. */
  method?: string | undefined;
  /** The Accept header. */
  accept?: string | undefined;
  /** Address of the caller, as the listener saw it. */
  ip: string;
}

export interface EndpointResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it stands when `type` says what it is; nothing is sent when undefined. */
  body?: unknown;
  /** Media type of a body that is text already. */
  type?: string;
}

/** One rule. Reads the request, adds what it established to the context, throws when the rule is broken. */
export type Check<Context> = (context: Context) => undefined | Promise<undefined>;

/** Runs the rules in order. A promise only when one of them waits for something: tokens mostly need none. */
export function runChecks<Context>(
  checks: readonly Check<Context>[],
  context: Context,
): undefined | Promise<undefined> {
  let running: Check<Context> | undefined;
  try {
    for (let index = 0; index < checks.length; index += 1) {
      running = checks[index];
      const pending = running?.(context);
      if (pending !== undefined) return runOn(checks, index, pending, context);
    }
  } catch (thrown) {
    noteRefuser(thrown, running);
    throw thrown;
  }
}

/** The rules behind the one at `index`, once that has been waited for. */
async function runOn<Context>(
  checks: readonly Check<Context>[],
  index: number,
  pending: Promise<undefined>,
  context: Context,
): Promise<undefined> {
  let running = checks[index];
  try {
    await pending;
    for (const check of checks.slice(index + 1)) {
      running = check;
      const waiting = check(context);
      if (waiting !== undefined) await waiting;
    }
  } catch (thrown) {
    noteRefuser(thrown, running);
    throw thrown;
  }
}

function noteRefuser(thrown: unknown, check: { name: string } | undefined): void {
  if (thrown instanceof Error) refusers.set(thrown, [check?.name ?? '', ...(refusers.get(thrown) ?? [])]);
}

/** Beside the error and not on it: which rules it came through, the outermost first, for whoever explains it. */
const refusers = new WeakMap<Error, readonly string[]>();

/** The rule that threw this: `checkAndStore.requirePkce` where one list of rules runs another. */
export function refusedBy(thrown: unknown): string | undefined {
  return thrown instanceof Error ? refusers.get(thrown)?.join('.') : undefined;
}

/** What an earlier check established. Missing means that the array of checks is in the wrong order: a defect of ours. */
export function established<Context, Name extends keyof Context>(
  context: Context,
  name: Name,
): NonNullable<Context[Name]> {
  const value = context[name];
  if (value === undefined || value === null) throw new TypeError(`No check established ${String(name)} before its use`);
  return value;
}

/** Tokens and errors are never stored on the way (RFC 6749 §5.1). */
export const NO_STORE = { 'cache-control': 'no-store' } as const;
