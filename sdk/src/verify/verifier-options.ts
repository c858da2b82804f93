import { type Fetch, isSafeUrl } from '../net/fetch-json.ts';
import type { Claims } from './auth.ts';
import { ConfigurationError } from './auth-error.ts';
import type { UsedProofs } from './used-proofs.ts';
import { ACCEPTED_TYPES, type TokenType } from './verify-jwt.ts';

export interface VerifierOptions {
  /** Exactly as the issuer writes it: `https://id.example.com`. Any OAuth 2.0 or OpenID Connect issuer. */
  issuer: string;
  /** What tokens for this API carry as `aud`; several while an API moves. */
  audience: string | readonly string[];
  /**
   * This API's own credentials at the issuer: with them API keys and opaque tokens are accepted, and what is revoked
   * stops working at once. In Gatehouse: a client with `resourceServerFor`.
   */
  clientId?: string;
  clientSecret?: string;
  /** An API key with the permission `decisions:evaluate`, for `authorize` and `requireDecision`. */
  decisionKey?: string;
  /** Where decisions are made, when not at the issuer. */
  decisionPoint?: string;
  /** How long a decision counts for the same question. 1 second; 0: every question is asked. */
  decisionCacheSeconds?: number;
  /** `at+jwt` (RFC 9068); `JWT` for issuers that came before it. */
  tokenType?: TokenType;
  /** `gateway`: who calls is read from `Gatehouse-Identity` and nowhere else. For services that only the gateway reaches. */
  from?: 'caller' | 'gateway';
  /** Where the issuer keeps roles, if not in `roles`. */
  rolesOf?: (claims: Claims) => readonly string[];
  /** 5 seconds. */
  clockSkewSeconds?: number;
  /** How long introspection counts. 10 seconds. */
  introspectionCacheSeconds?: number;
  dpop?: {
    /** Bearer tokens and API keys are refused. */
    required?: boolean;
    /** Proofs must carry a nonce of ours; `true`, or a secret that several processes share. */
    nonces?: boolean | string;
    /** Where used proofs are remembered, when several processes serve one address. */
    usedProofs?: UsedProofs;
  };
  fetch?: Fetch;
  /** Milliseconds. */
  now?: () => number;
}

export type CheckedOptions = VerifierOptions &
  Required<
    Pick<
      VerifierOptions,
      'tokenType' | 'from' | 'clockSkewSeconds' | 'introspectionCacheSeconds' | 'decisionCacheSeconds' | 'fetch' | 'now'
    >
  > & { audiences: readonly string[] };

const CLOCK_SKEW_SECONDS = { default: 5, max: 300 };
const CACHE_SECONDS_MAX = 300;

/** @throws {@link ConfigurationError}: a verifier that was set up wrong must not come to be, rather than let somebody in. */
export function checkOptions(options: VerifierOptions): CheckedOptions {
  const audiences = typeof options.audience === 'string' ? [options.audience] : options.audience;
  const checked = {
    ...options,
    audiences,
    tokenType: options.tokenType ?? (options.from === 'gateway' ? 'identity+jwt' : 'at+jwt'),
    from: options.from ?? 'caller',
    clockSkewSeconds: options.clockSkewSeconds ?? CLOCK_SKEW_SECONDS.default,
    introspectionCacheSeconds: options.introspectionCacheSeconds ?? 10,
    decisionCacheSeconds: options.decisionCacheSeconds ?? 1,
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    now: options.now ?? Date.now,
  } satisfies CheckedOptions;
  for (const [wrong, message] of problemsOf(checked)) if (wrong) throw new ConfigurationError(message);
  return checked;
}

function problemsOf(options: CheckedOptions): readonly (readonly [boolean, string])[] {
  const { issuer, audiences, tokenType, from, clientId, clientSecret, decisionPoint } = options;
  const { clockSkewSeconds, introspectionCacheSeconds, decisionCacheSeconds } = options;
  return [
    [!isSafeUrl(issuer), 'issuer must be an https address (http only on this machine).'],
    [isSafeUrl(issuer) && /[?#]/.test(issuer), 'issuer has no query and no fragment (RFC 8414 §2).'],
    [!Array.isArray(audiences) || audiences.length === 0, 'audience must name this API.'],
    [audiences.some((each) => typeof each !== 'string' || each === ''), 'audience must not be empty.'],
    [!Object.hasOwn(ACCEPTED_TYPES, tokenType), 'tokenType must be at+jwt, JWT or identity+jwt.'],
    [
      (from === 'gateway') !== (tokenType === 'identity+jwt'),
      "identity+jwt is what from: 'gateway' reads, and nothing else.",
    ],
    [(clientId === undefined) !== (clientSecret === undefined), 'clientId and clientSecret go together.'],
    [clientSecret === '' || clientId === '', 'clientId and clientSecret must not be empty. Is a variable unset?'],
    [options.decisionKey === '', 'decisionKey must not be empty. Is a variable unset?'],
    [decisionPoint !== undefined && !isSafeUrl(decisionPoint), 'decisionPoint must be an https address.'],
    [!within(clockSkewSeconds, CLOCK_SKEW_SECONDS.max), 'clockSkewSeconds must lie between 0 and 300.'],
    [!within(introspectionCacheSeconds, CACHE_SECONDS_MAX), 'introspectionCacheSeconds must lie between 0 and 300.'],
    [!within(decisionCacheSeconds, CACHE_SECONDS_MAX), 'decisionCacheSeconds must lie between 0 and 300.'],
  ];
}

const within = (value: number, max: number) => Number.isFinite(value) && value >= 0 && value <= max;
