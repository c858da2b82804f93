import { type Alg, SIGNING_ALGORITHMS } from '#keyring';

/** What a security profile demands. The checks of the endpoints read this; nothing else knows a profile's name. */
export interface Profile {
  /** Signatures of clients: assertions, request objects, DPoP proofs. */
  signatureAlgs: readonly Alg[];
  /** What we sign for such clients; whatever else a tenant or an API declares, they get ES256. */
  signingAlgs: readonly Alg[];
  /** Client authentication that can't be replayed by who sees it. */
  strongAuthentication: boolean;
  /** Access tokens bound to a key or certificate. */
  senderConstrained: boolean;
  /** DPoP proofs for the issuer hold a nonce of ours (RFC 9449 §8). */
  nonces: boolean;
  /** Authorization requests come by PAR (RFC 9126) alone. */
  pushedRequests: boolean;
  /** An assertion's audience is the issuer and not the token endpoint. */
  issuerAudienceOnly: boolean;
  /** No client is let off PKCE. */
  pkceAlways: boolean;
  /** Redirect URIs that other programs on the device could claim are refused. */
  httpsRedirects: boolean;
}

const ANY_SIGNATURE: readonly Alg[] = ['ES256', 'PS256', 'EdDSA', 'RS256'];

export const PROFILES = {
  'oauth2.1': {
    signatureAlgs: ANY_SIGNATURE,
    signingAlgs: SIGNING_ALGORITHMS,
    strongAuthentication: false,
    senderConstrained: false,
    nonces: false,
    pushedRequests: false,
    issuerAudienceOnly: false,
    pkceAlways: false,
    httpsRedirects: false,
  },
  /**
   * FAPI 2.0 Security Profile §5.3.2 and §5.4. What it asks besides holds for every client here: PKCE with S256, `iss`
   * in responses, 303, codes of 60 seconds, exact redirect URIs, no implicit, no password grant.
   */
  fapi2: {
    signatureAlgs: ['ES256', 'PS256', 'EdDSA'],
    signingAlgs: ['ES256', 'PS256', 'EdDSA'],
    strongAuthentication: true,
    senderConstrained: true,
    nonces: true,
    pushedRequests: true,
    issuerAudienceOnly: true,
    pkceAlways: true,
    httpsRedirects: true,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];
export const DEFAULT_PROFILE: ProfileName = 'oauth2.1';

/** The algorithm that is wanted, where the client's profile has it. */
export function signingAlg(profile: ProfileName, wanted: Alg): Alg {
  const { signingAlgs }: Profile = PROFILES[profile];
  return signingAlgs.includes(wanted) ? wanted : 'ES256';
}
