import type { Client } from '../clients/client-directory.ts';
import { PROFILES } from './profile.ts';

/** May this client's codes come without a challenge at all? Its operator must have said so (ADR 29). */
export function mayOmitPkce({ type, spec, profile }: Client): boolean {
  return spec.requirePkce === false && type === 'confidential' && !PROFILES[profile].pkceAlways;
}

/** In place of a challenge: no verifier has this hash, so a code without one can't be redeemed with one (RFC 9700 §4.8.2). */
export const NO_CHALLENGE = '';
