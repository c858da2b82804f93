import { AUTH_METHOD_TABLE, type AuthMethod } from '../authentication/auth-methods.ts';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { Confirmation } from '../tokens/confirmation.ts';
import { PROFILES } from './profile.ts';

/**
 * What a profile demands, asked at run time of every request: a client's declaration is checked when it is made, but the
 * tenant's profile may have become stricter since.
 */

/** FAPI 2.0 §5.3.2.1: confidential clients alone, by a method that can't be replayed. */
export function demandStrongAuthentication({ profile }: Client, method: AuthMethod): void {
  if (!PROFILES[profile].strongAuthentication || AUTH_METHOD_TABLE[method].strong) return;
  throw violated(profile, 'clients authenticate by private_key_jwt or by a TLS certificate');
}

/** FAPI 2.0 §5.3.2.1: sender-constrained access tokens only. */
export function demandConfirmation({ profile }: Client, confirmation: Confirmation | undefined): void {
  if (!PROFILES[profile].senderConstrained || confirmation !== undefined) return;
  throw violated(profile, 'tokens are bound: send a DPoP proof, or declare senderConstraint: mtls');
}

/** FAPI 2.0 §5.3.2.2: no address that another program on the device could claim. */
export function demandHttpsRedirect({ profile }: Client, redirectUri: string): void {
  if (!PROFILES[profile].httpsRedirects || redirectUri.startsWith('https://')) return;
  throw violated(profile, 'redirect URIs use https');
}

function violated(profile: string, demand: string) {
  return oauthErrors.profile_violated({
    message: `The security profile ${profile} demands that ${demand}. Change the client, or its profile.`,
  });
}
