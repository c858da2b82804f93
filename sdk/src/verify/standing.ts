import type { IssuerMetadata } from '../net/issuer-metadata.ts';
import type { Claims } from './auth.ts';
import { AuthError } from './auth-error.ts';
import type { Introspection } from './introspection.ts';
import { followRevocations, type Revocations, type RevocationsOptions } from './revocations.ts';

/** Is a token whose signature verified still good? Only the issuer knows: by its feed, or asked when the feed is lost. */
export interface Standing {
  /** What was found clean at this version needs no second look; undefined: a look costs a request, or nothing is known. */
  version(): number | undefined;
  /** @throws {@link AuthError} `revoked`, `issuer_unavailable`. */
  demand(token: string, claims: Claims): Promise<void>;
  close(): void;
}

export function createStanding(
  options: Omit<RevocationsOptions, 'onHeard'> & {
    metadata: () => Promise<IssuerMetadata>;
    introspection: Introspection;
  },
): Standing {
  const { metadata, introspection } = options;
  let revocations: Revocations | undefined;
  let hasFeed = true;
  let closed = false;

  async function feed(): Promise<Revocations | undefined> {
    if (revocations === undefined && hasFeed && !closed) {
      const known = await metadata().catch((cause: unknown) => {
        throw new AuthError('issuer_unavailable', { cause });
      });
      hasFeed = known.gatehouse_revocations_endpoint !== undefined;
      if (hasFeed && !closed)
        revocations ??= followRevocations({ ...options, onHeard: (ids) => introspection.forget(ids) });
    }
    return revocations;
  }

  return {
    version: () => (revocations?.isHeard() === true ? revocations.version : undefined),
    async demand(token, claims) {
      const heard = await feed();
      // Other issuers have none: their tokens live until they expire, as everywhere.
      if (heard === undefined) return;
      await heard.ready();
      if (heard.isRevoked(claims)) throw new AuthError('revoked');
      // What was exchanged for an API key ends with it, and only its issuer knows how the key is.
      const mustAsk = !heard.isHeard() || claims.api_key_id !== undefined || actsByKey(claims);
      if (mustAsk && (await introspection.look(token)) === undefined) throw new AuthError('revoked');
    },
    close() {
      closed = true;
      revocations?.close();
    },
  };
}

/** Whoever acts in it showed a token that was made from an API key. */
function actsByKey({ origins }: { origins?: unknown }): boolean {
  return Array.isArray(origins) && origins.some((origin) => typeof origin === 'string' && origin.startsWith('key:'));
}
