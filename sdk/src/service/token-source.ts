import type { ServiceToken } from './request-token.ts';

/** One token, kept fresh. */
export interface TokenSource {
  /** A token that is good for some time yet. Of those who wait for one at once, one asks. */
  token(): Promise<ServiceToken>;
  /** A server did not take it: the next one is a new one. */
  drop(token: ServiceToken): void;
  /** Milliseconds; undefined while there is none. */
  expiresAt(): number | undefined;
}

/** From this share of its life on a token is renewed, while the old one still serves. */
const RENEW_SHARE = 0.8;
/** Clocks differ, and a request takes its time: a token this close to its end is not used. */
const MARGIN_MILLISECONDS = 5_000;
/** After a failed renewal, so long nobody tries again while the old token serves. */
const RETRY_MILLISECONDS = 5_000;

export function createTokenSource(obtain: () => Promise<ServiceToken>, now: () => number): TokenSource {
  let current: ServiceToken | undefined;
  let pending: Promise<ServiceToken> | undefined;
  let retryAt = 0;

  function renew(): Promise<ServiceToken> {
    pending ??= obtain()
      .then((token) => {
        current = token;
        return token;
      })
      .catch((error: unknown) => {
        retryAt = now() + RETRY_MILLISECONDS;
        throw error;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  return {
    async token() {
      if (current === undefined || now() >= current.expiresAt - marginOf(current)) return renew();
      const { issuedAt, expiresAt } = current;
      const renewAt = issuedAt + (expiresAt - issuedAt) * RENEW_SHARE;
      // In the background: whoever calls has a good token, and a failure is for whoever needs the next one.
      if (now() >= renewAt && now() >= retryAt) renew().catch(() => undefined);
      return current;
    },
    drop(token) {
      if (current?.accessToken === token.accessToken) current = undefined;
    },
    expiresAt: () => current?.expiresAt,
  };
}

/** Of a very short-lived token a part, or it would never be used. */
const marginOf = ({ issuedAt, expiresAt }: ServiceToken) => Math.min(MARGIN_MILLISECONDS, (expiresAt - issuedAt) / 10);
