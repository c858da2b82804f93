import type { AuthError } from '../verify/auth-error.ts';
import { DPOP_ALGORITHMS } from '../verify/dpop-proof.ts';

/** What challenges of one API say alike. */
export interface ChallengeOptions {
  /** Where the API describes itself (RFC 9728): clients that know nothing but its address find the issuer there. */
  resourceMetadata?: string;
  /** Bearer tokens are not accepted. */
  dpopRequired?: boolean;
  /** What a token needs at the least: told to whoever has none that is good (RFC 6750 §3). */
  scope?: string;
}

/**
 * `WWW-Authenticate` (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1); undefined where there is nothing to prove:
 * who is known and may not do it is not asked for another credential, but for one with more scope.
 */
export function challengeOf(error: AuthError, options: ChallengeOptions = {}): string | undefined {
  if (error.status !== 401 && error.wireError === undefined) return undefined;
  const schemes = schemesFor(error, options);
  return schemes.map((scheme) => challenge(scheme, error, options)).join(', ');
}

type Scheme = 'Bearer' | 'DPoP';

function schemesFor({ wireError }: AuthError, { dpopRequired }: ChallengeOptions): readonly Scheme[] {
  if (dpopRequired === true || wireError === 'invalid_dpop_proof' || wireError === 'use_dpop_nonce') return ['DPoP'];
  return ['Bearer', 'DPoP'];
}

function challenge(
  scheme: Scheme,
  error: AuthError,
  { resourceMetadata, scope: leastScope }: ChallengeOptions,
): string {
  const { scope, acr_values, max_age } = error.challenge;
  const members: [string, string | undefined][] = [
    // RFC 6750 §3.1: no error when there was no credential at all.
    ['error', error.wireError],
    ['error_description', error.wireError === undefined ? undefined : error.message],
    ['scope', scope ?? (error.status === 401 ? leastScope : undefined)],
    ['acr_values', acr_values],
    ['max_age', max_age === undefined ? undefined : String(max_age)],
    ['resource_metadata', resourceMetadata],
    ['algs', scheme === 'DPoP' ? DPOP_ALGORITHMS.join(' ') : undefined],
  ];
  const told = members.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${quotable(value)}"`]));
  return told.length === 0 ? scheme : `${scheme} ${told.join(', ')}`;
}

/** RFC 6750 §3: printable ASCII without quotes and backslashes. What is not does not break out of its quotes. */
const quotable = (text: string) => text.replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, "'");
