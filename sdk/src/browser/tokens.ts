import type { User } from './options.ts';

/** Held in memory: never in storage, where any script of any later day finds them, and never in an address. */
export interface Tokens {
  /** Grows with each renewal, in whichever tab. */
  version: number;
  accessToken: string;
  /** `Bearer` or `DPoP`. */
  type: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  issuedAt: number;
  expiresAt: number;
  scope: string;
  refreshToken?: string | undefined;
  idToken?: string | undefined;
  user?: User | undefined;
}

/** RFC 6749 §5.1. */
export interface TokenAnswer {
  access_token: string;
  token_type: string;
  expires_in?: number;
  refresh_token?: string;
  id_token?: string;
  scope?: string;
}

/** What §5.1 leaves open: an issuer that does not say how long is not asked more often than this. */
const LIFETIME_SECONDS_DEFAULT = 300;
/** A token on its way must not end before it arrives. */
const USABLE_MILLISECONDS_MIN = 10_000;
/** Renewed in the background when so much of its life is left, so that nobody waits. */
const EARLY_MILLISECONDS = 60_000;

export const lifetimeOf = ({ expires_in: seconds }: TokenAnswer) => (seconds ?? LIFETIME_SECONDS_DEFAULT) * 1000;

const left = ({ expiresAt }: Tokens) => expiresAt - Date.now();
/** Of a short life, a share. */
const share = ({ issuedAt, expiresAt }: Tokens, part: number) => (expiresAt - issuedAt) * part;

export const isUsable = (tokens: Tokens) => left(tokens) > Math.min(USABLE_MILLISECONDS_MIN, share(tokens, 1 / 8));
export const isDueSoon = (tokens: Tokens) => left(tokens) < Math.min(EARLY_MILLISECONDS, share(tokens, 1 / 4));
