import { AuthError } from './auth-error.ts';
import type { Metadata } from './metadata.ts';
import type { PendingSignIn } from './pending-sign-in.ts';

/** What the issuer answers when it would have had to ask the person something (OpenID Connect Core §3.1.2.6). */
const WOULD_ASK = ['login_required', 'interaction_required', 'consent_required', 'account_selection_required'];

/** The answer of the authorization endpoint in an address of ours, or nothing when there is none. */
export function answerIn(href: string, redirectUri: string): URLSearchParams | undefined {
  const here = new URL(href);
  const there = new URL(redirectUri);
  if (here.origin !== there.origin || here.pathname !== there.pathname) return undefined;
  const { searchParams: params } = here;
  return params.has('state') && (params.has('code') || params.has('error')) ? params : undefined;
}

/**
 * The code, when the answer is one to the request that this tab sent, by the issuer it was sent to; nothing when a silent
 * request found nobody signed in. Nothing is sent anywhere before both are certain: an attacker's code would sign the person
 * in as the attacker, and a code sent to the wrong issuer is a code given away (RFC 9700 §4.4, §4.7).
 * @throws AuthError
 */
export function readAnswer(
  params: URLSearchParams,
  pending: PendingSignIn | undefined,
  { issuer, authorization_response_iss_parameter_supported: saysIssuer }: Metadata,
): string | undefined {
  if (pending === undefined || params.get('state') !== pending.state) throw new AuthError('state_mismatch');
  const iss = params.get('iss');
  // RFC 9207 §2.4: whoever promises it must say it, and whoever says it must be the one.
  if (iss === null ? saysIssuer === true : iss !== issuer) throw new AuthError('issuer_mismatch');
  const error = params.get('error');
  if (error === null) return params.get('code') ?? undefined;
  if (pending.silent && WOULD_ASK.includes(error)) return undefined;
  throw new AuthError(error, params.get('error_description') ?? undefined);
}
