import type { Auth } from '../verify/auth.ts';
import { AuthError } from '../verify/auth-error.ts';
import type { Verifier } from '../verify/create-verifier.ts';
import type { Question } from '../verify/decisions.ts';

/** How the person must have signed in (RFC 9470). */
export interface StepUp {
  /** One of these: `aal2`. */
  acr?: string | readonly string[];
  /** Not longer ago than this. */
  maxAgeSeconds?: number;
}

/** @throws {@link AuthError} `scope_missing` unless the credential has every one. */
export function demandScopes({ scopes }: Auth, needed: readonly string[]): void {
  if (needed.every((scope) => scopes.includes(scope))) return;
  const scope = needed.join(' ');
  throw new AuthError('scope_missing', {
    message: `This needs the scope ${scope}. Ask the issuer for a token that has it.`,
    challenge: { scope },
    members: { required_scopes: needed },
  });
}

/** @throws {@link AuthError} `role_missing` unless the caller has one of them. */
export function demandRole({ roles }: Auth, oneOf: readonly string[]): void {
  if (oneOf.some((role) => roles.includes(role))) return;
  throw new AuthError('role_missing', {
    message: `This needs the role ${oneOf.join(' or ')}.`,
    members: { required_roles: oneOf },
  });
}

const FUTURE_SECONDS_MAX = 300;

/**
 * @param scope What the next token needs besides: who signs in again may get one in place of the one they have.
 * @throws {@link AuthError} `step_up_required`. A credential that does not tell of a sign-in is not enough.
 */
export function demandStepUp(auth: Auth, { acr, maxAgeSeconds }: StepUp, now: number, scope = ''): void {
  const wanted = acr === undefined ? [] : typeof acr === 'string' ? [acr] : acr;
  const strong = wanted.length === 0 || (auth.acr !== undefined && wanted.includes(auth.acr));
  if (strong && (maxAgeSeconds === undefined || isRecent(auth.authTime, maxAgeSeconds, now))) return;
  throw new AuthError('step_up_required', {
    challenge: {
      ...(wanted.length === 0 ? {} : { acr_values: wanted.join(' ') }),
      ...(maxAgeSeconds === undefined ? {} : { max_age: maxAgeSeconds }),
      ...(scope === '' ? {} : { scope }),
    },
  });
}

function isRecent(authTime: number | undefined, maxAgeSeconds: number, now: number): boolean {
  if (authTime === undefined) return false;
  const age = now / 1000 - authTime;
  // A sign-in of the future is a clock that is wrong, and its age is not known.
  return age <= maxAgeSeconds && age >= -FUTURE_SECONDS_MAX;
}

/** @throws {@link AuthError} `access_denied`, `decision_unavailable`. */
export async function demandDecision(verifier: Verifier, auth: Auth, question: Question): Promise<void> {
  const { allowed, decisionId, reason } = await verifier.authorize(auth, question);
  if (allowed) return;
  throw new AuthError('access_denied', {
    members: {
      ...(decisionId === undefined ? {} : { decision_id: decisionId }),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}
