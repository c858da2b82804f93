import { AuthError } from '../verify/auth-error.ts';
import { type ChallengeOptions, challengeOf } from './challenge.ts';

/** A refusal as it goes over the wire: every adapter sends this, in its framework's way. */
export interface Refusal {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** A problem document (RFC 9457), as text. */
  body: string;
}

/** @returns undefined for what is no refusal but a defect: that is the framework's to handle, and never a yes. */
export function refusalOf(error: unknown, options: ChallengeOptions = {}): Refusal | undefined {
  if (!(error instanceof AuthError)) return undefined;
  const { status, code, message, members, dpopNonce } = error;
  const challenge = challengeOf(error, options);
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
      ...(dpopNonce === undefined ? {} : { 'dpop-nonce': dpopNonce }),
      ...(status === 503 ? { 'retry-after': '5' } : {}),
    },
    // `type` is about:blank, so `title` is the phrase of the status (RFC 9457 §4.2.1).
    body: JSON.stringify({ type: 'about:blank', title: TITLES.get(status), status, detail: message, code, ...members }),
  };
}

const TITLES = new Map([
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [503, 'Service Unavailable'],
]);
