/** What can be wrong with a call, and how it is told: the status, and the error code of RFC 6750, 9449 or 9470. */
const CATALOGUE = {
  credential_missing: {
    status: 401,
    wire: undefined,
    message:
      'The request carries no credential. Send an access token as Authorization: Bearer, or an API key as X-API-Key.',
  },
  credentials_conflict: {
    status: 400,
    wire: 'invalid_request',
    message: 'The request carries more than one credential. Send one.',
  },
  credential_malformed: {
    status: 401,
    wire: 'invalid_token',
    message: 'The credential is not well formed. Send it as it was issued.',
  },
  credential_not_accepted: {
    status: 401,
    wire: 'invalid_token',
    message: 'This kind of credential is not accepted here. Send an access token of the issuer.',
  },
  wrong_type: {
    status: 401,
    wire: 'invalid_token',
    message:
      'The token is not an access token (typ). Send the access token, not the ID token; for an issuer from before RFC 9068, the API sets tokenType: JWT.',
  },
  wrong_issuer: {
    status: 401,
    wire: 'invalid_token',
    message: 'The token comes from another issuer (iss). Get one from the issuer of this API.',
  },
  wrong_audience: {
    status: 401,
    wire: 'invalid_token',
    message: 'The token was issued for another API (aud). Ask the issuer for one for this API (resource).',
  },
  bad_signature: {
    status: 401,
    wire: 'invalid_token',
    message: 'The signature of the token does not verify. Get a new one.',
  },
  expired: { status: 401, wire: 'invalid_token', message: 'The token has expired. Get a new one.' },
  not_yet_valid: {
    status: 401,
    wire: 'invalid_token',
    message: 'The token is not valid yet (nbf, iat). Is the clock right?',
  },
  inactive: {
    status: 401,
    wire: 'invalid_token',
    message: 'The credential is unknown, expired or revoked. Get a new one.',
  },
  revoked: { status: 401, wire: 'invalid_token', message: 'The token was revoked. Get a new one.' },
  wrong_sender: {
    status: 401,
    wire: 'invalid_token',
    message: 'The token is bound to a key or certificate that the request does not prove to hold.',
  },
  dpop_proof_invalid: { status: 401, wire: 'invalid_dpop_proof', message: 'The DPoP proof was refused.' },
  dpop_nonce_required: {
    status: 401,
    wire: 'use_dpop_nonce',
    message: 'The DPoP proof must carry the nonce of the DPoP-Nonce header.',
  },
  step_up_required: {
    status: 401,
    wire: 'insufficient_user_authentication',
    message: 'This needs a stronger or more recent sign-in. Sign in again.',
  },
  scope_missing: {
    status: 403,
    wire: 'insufficient_scope',
    message: 'The credential lacks a scope that this needs. Ask the issuer for one that has it.',
  },
  role_missing: {
    status: 403,
    wire: undefined,
    message: 'The caller lacks a role that this needs. Who gives roles can say more.',
  },
  access_denied: { status: 403, wire: undefined, message: 'The caller may not do this.' },
  issuer_unavailable: {
    status: 503,
    wire: undefined,
    message: 'Who is calling can not be found out now. Try again in a moment.',
  },
  decision_unavailable: {
    status: 503,
    wire: undefined,
    message: 'Whether this is allowed can not be found out now. Try again in a moment.',
  },
  too_many_proofs: { status: 503, wire: undefined, message: 'Too many DPoP proofs at a time. Try again in a moment.' },
} as const satisfies Record<string, { status: number; wire: string | undefined; message: string }>;

export type AuthErrorCode = keyof typeof CATALOGUE;

/** What a challenge can say beyond its error (RFC 6750 §3, RFC 9470 §3). */
export interface ChallengeMembers {
  scope?: string;
  acr_values?: string;
  max_age?: number;
}

export interface AuthErrorDetails {
  /** Replaces the catalogue's message. Public: it is sent to the caller. */
  message?: string;
  cause?: unknown;
  challenge?: ChallengeMembers;
  /** Further members of the problem document. Public. */
  members?: Readonly<Record<string, unknown>>;
  /** Sent as `DPoP-Nonce`. */
  dpopNonce?: string;
}

/**
 * Why a call is refused. `status` is 401 when it is not known who calls, 403 when it is and they may not, 503 when it could
 * not be found out: never a yes. The message is for the caller and names no secret.
 *
 * @example
 * ```ts
 * import { AuthError, createVerifier } from '@gatehouse/sdk/verify';
 *
 * const verifier = createVerifier({ issuer: 'https://id.example.com', audience: 'https://orders.example.com' });
 * try {
 *   await verifier.verifyToken('not.a.token');
 * } catch (error) {
 *   if (error instanceof AuthError) console.log(error.status, error.code); // 401 credential_malformed
 * }
 * ```
 */
export class AuthError extends Error {
  readonly code: AuthErrorCode;
  readonly status: number;
  /** The error code of the challenge; undefined where the standards have none. */
  readonly wireError: string | undefined;
  readonly challenge: ChallengeMembers;
  readonly members: Readonly<Record<string, unknown>>;
  readonly dpopNonce: string | undefined;

  constructor(code: AuthErrorCode, { message, cause, challenge, members, dpopNonce }: AuthErrorDetails = {}) {
    const entry = CATALOGUE[code];
    super(message ?? entry.message, cause === undefined ? undefined : { cause });
    this.name = 'AuthError';
    this.code = code;
    this.status = entry.status;
    this.wireError = entry.wire;
    this.challenge = challenge ?? {};
    this.members = members ?? {};
    this.dpopNonce = dpopNonce;
  }
}

/** The program that uses this package made a mistake: an option that can not be, a guard in the wrong order. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
