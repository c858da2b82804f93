import type { Clock } from '#base';
import { fixedStatement, type Tx } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { SigninPort, UserClaims, UsersPort } from '../ports.ts';
import type { GrantRow } from './grant.ts';

export interface LookUpDeps {
  clock: Clock;
  clients: ClientDirectory;
  users: Pick<UsersPort, 'claimsOfMany'>;
  signin: Pick<SigninPort, 'endedSessionsIn'>;
}

/** A refresh token as it was a moment ago, with all that decides what comes of it. */
export interface FoundToRefresh {
  grant: GrantRow;
  /** Neither used nor expired, and its grant was not revoked. */
  live: boolean;
  /** undefined: there is no such person, or they may no longer sign in. */
  user: UserClaims | undefined;
  sessionEnded: boolean;
  /** Milliseconds, before anybody was asked: what was revoked meanwhile is revoked after what is issued as of then. */
  asOf: number;
}

/**
 * Refresh tokens by their hashes, with their grants, people and sessions: as many statements as for one, however many.
 * No row is held by it.
 */
export async function lookUpRefreshTokens(
  tx: Tx,
  { clock, clients, users, signin }: LookUpDeps,
  { tenantId, hashes }: { tenantId: string; hashes: readonly string[] },
): Promise<(FoundToRefresh | undefined)[]> {
  const asOf = clock.now();
  const rows = await readTokens(tx, tenantId, hashes);
  const grants = [...rows.values()].map(({ grant }) => grant);
  const people = grants.map(({ user_id, session_id, client_id }) => ({
    userId: user_id,
    sessionId: session_id ?? undefined,
    organizationId: clients.client(tenantId, client_id)?.organizationId,
  }));
  const claims = people.length === 0 ? [] : await users.claimsOfMany(tx, tenantId, people);
  const sessionIds = [...new Set(grants.flatMap(({ session_id }) => session_id ?? []))];
  const ended = sessionIds.length === 0 ? new Set() : await signin.endedSessionsIn(tx, tenantId, sessionIds);
  const userOf = new Map(grants.map((grant, index) => [grant, claims[index]]));
  return hashes.map((hash) => {
    const row = rows.get(hash);
    if (row === undefined) return undefined;
    const { grant, consumedAt, expiresAt } = row;
    return {
      grant,
      live: consumedAt === null && expiresAt > asOf && grant.revoked_at === null && grant.expires_at > asOf,
      user: userOf.get(grant),
      sessionEnded: grant.session_id !== null && ended.has(grant.session_id),
      asOf,
    };
  });
}

interface TokenRow {
  grant: GrantRow;
  consumedAt: number | null;
  expiresAt: number;
}

type JoinedRow = GrantRow & { hash: string; consumed_at: number | null; token_expires_at: number };

/** Each by its whole key: of a list of keys a plan that is kept may think that all of the tenant is read sooner. */
const selectTokens = fixedStatement<JoinedRow>(`
  select family.*, asked.hash, token.consumed_at, token.token_expires_at
  from unnest($2::text[]) as asked (hash)
  cross join lateral (
    select grant_id, consumed_at, expires_at as token_expires_at
    from refresh_tokens where tenant_id = $1 and hash = asked.hash limit 1
  ) token
  cross join lateral (
    select * from oauth_grants where tenant_id = $1 and id = token.grant_id limit 1
  ) family`);

async function readTokens(tx: Tx, tenantId: string, hashes: readonly string[]): Promise<ReadonlyMap<string, TokenRow>> {
  const rows = await selectTokens(tx, [tenantId, hashes]);
  return new Map(
    rows.map(({ hash, consumed_at: consumedAt, token_expires_at: expiresAt, ...grant }) => [
      hash,
      { grant, consumedAt, expiresAt },
    ]),
  );
}
