import type { IdSource } from '#base';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import type { Store, Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { GRANT_WIRE_NAMES } from '../clients/grant-types.ts';
import { readScope } from '../clients/scope.ts';
import { oauthErrors } from '../errors.ts';
import { clientPrincipal } from '../grants/acting-principal.ts';
import { REFRESH_ABSOLUTE_MILLISECONDS } from '../grants/refresh-lifetimes.ts';
import {
  type GrantResponse,
  type RespondWithGrantDeps,
  respondWithGrant,
  type Standing,
  storeRefreshToken,
  takeStanding,
} from '../grants/respond-with-grant.ts';
import { boundTo, type Sender } from '../grants/sender.ts';
import type { TokenResponse } from '../grants/token-response.ts';
import type { EventsTogether, TransactTogether } from '../grants/transact-together.ts';
import { type Params, param, paramsNamed } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';
import type { DecoupledTables } from './tables.ts';

export type CollectTokensDeps = RespondWithGrantDeps &
  IdSource & {
    store: Pick<Store, 'transaction'>;
    keyring: Pick<Keyring, 'mac'>;
    transactTogether: TransactTogether;
  };

type Collected =
  | { kind: 'collected'; response: TokenResponse }
  | { kind: 'pending' | 'slow_down' | 'expired' | 'denied' | 'invalid' | 'revoked' };

/** RFC 8628 §3.5: so much longer the client waits once it has asked too soon. */
const SLOW_DOWN_SECONDS = 5;
/** A timer of the client's may fire early by so much. */
const EARLY_MILLISECONDS = 500;

const PROBLEMS = {
  pending: oauthErrors.authorization_pending,
  slow_down: oauthErrors.slow_down,
  expired: oauthErrors.decoupled_request_expired,
  denied: oauthErrors.decoupled_request_denied,
  invalid: oauthErrors.decoupled_request_invalid,
  revoked: oauthErrors.grant_revoked,
} as const;

/** The client asks whether the person has answered: tokens, once, or why not yet (RFC 8628 §3.5, CIBA §11). */
export async function collectTokens(
  deps: CollectTokensDeps,
  client: Client,
  { kind, code, sender, params }: { kind: 'device' | 'ciba'; code: string; sender: Sender; params: Params },
): Promise<TokenResponse> {
  const named = { kind, hash: credentialHash(deps.keyring, code) };
  // Before anything is collected: what fails from here on leaves it as it was (ADR 28).
  const person = await findPerson(deps, client, named);
  const standing = person && (await takeStanding(deps, client, person));
  // RFC 8707 §2.2, RFC 9396 §6: less than was granted, and nothing else.
  const asked = { resources: paramsNamed(params, 'resource'), details: param(params, 'authorization_details') };
  const outcome = await deps.transactTogether(client.tenantId, async (tx, events) => {
    const taken = standing && (await take(tx, deps, client, { ...named, sender, standing, events, asked }));
    return taken ?? judge(tx, deps, client, named);
  });
  if (outcome.kind !== 'collected') throw PROBLEMS[outcome.kind]();
  return outcome.response;
}

/** Who said yes; undefined while nobody did. */
async function findPerson({ store, clock }: CollectTokensDeps, client: Client, { kind, hash }: Named) {
  const row = await store.transaction(
    { tenantId: client.tenantId },
    (tx) =>
      tx
        .withTables<DecoupledTables & OAuthTables>()
        .selectFrom('decoupled_requests as request')
        .innerJoin('oauth_grants as family', (join) =>
          join.onRef('family.tenant_id', '=', 'request.tenant_id').onRef('family.id', '=', 'request.grant_id'),
        )
        .select(['family.user_id', 'family.session_id', 'family.created_at'])
        .where('request.tenant_id', '=', client.tenantId)
        .where('request.hash', '=', hash)
        .where('request.kind', '=', kind)
        .where('request.client_resource_id', '=', client.resourceId)
        .where('request.decision', '=', 'allow')
        .where('request.expires_at', '>', clock.now())
        .executeTakeFirst(),
    { readOnly: true },
  );
  return row && { userId: row.user_id, sessionId: row.session_id, createdAt: row.created_at };
}

interface Named {
  kind: 'device' | 'ciba';
  hash: string;
}

interface Collecting {
  sender: Sender;
  standing: Standing;
  events: EventsTogether;
  asked: NonNullable<GrantResponse['asked']>;
}

/** One statement: of any number that ask at once, one finds the row, and with it the tokens. */
async function take(
  tx: Tx,
  deps: CollectTokensDeps,
  client: Client,
  { kind, hash, sender, standing, events, asked }: Named & Collecting,
): Promise<Collected | undefined> {
  const now = deps.clock.now();
  const taken = await tx
    .withTables<DecoupledTables>()
    .deleteFrom('decoupled_requests')
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .where('client_resource_id', '=', client.resourceId)
    .where('decision', '=', 'allow')
    .where('expires_at', '>', now)
    .returning('grant_id')
    .executeTakeFirst();
  if (taken === undefined) return undefined;
  const grant = await tx
    .withTables<OAuthTables>()
    .updateTable('oauth_grants')
    .set({ expires_at: now + REFRESH_ABSOLUTE_MILLISECONDS, ...boundTo(client, sender) })
    .where('tenant_id', '=', client.tenantId)
    .where('id', '=', taken.grant_id ?? '')
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (grant === undefined) return { kind: 'revoked' };
  // OpenID Connect Core §11: nobody's browser vouches for this grant later on, so it is renewed only if that was asked for.
  const renewable = client.grants.has('refresh_token') && readScope(grant.scope).includes('offline_access');
  const refreshToken = renewable ? mintCredential('refresh_token', deps.random) : undefined;
  if (refreshToken !== undefined) await storeRefreshToken(tx, deps, { grant, token: refreshToken, now });
  events.add({
    type: 'token.issued',
    actor: clientPrincipal(client),
    target: { type: 'grant', id: grant.id },
    detail: {
      grant_type: GRANT_WIRE_NAMES[kind === 'device' ? 'device_code' : 'ciba'],
      user_id: grant.user_id,
      scope: grant.scope,
    },
  });
  return {
    kind: 'collected',
    response: await respondWithGrant(deps, client, { grant, standing, refreshToken, sender, asked }),
  };
}

/** Why there is nothing to collect; and who asks too often is told so, and held to it. */
async function judge(tx: Tx, { clock }: IdSource, client: Client, { kind, hash }: Named): Promise<Collected> {
  const db = tx.withTables<DecoupledTables>();
  const now = clock.now();
  const request = await db
    .selectFrom('decoupled_requests')
    .select(['expires_at', 'interval_seconds', 'polled_at', 'decision'])
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .where('client_resource_id', '=', client.resourceId)
    .forUpdate()
    .executeTakeFirst();
  if (request === undefined) return { kind: 'invalid' };
  if (request.expires_at <= now) return { kind: 'expired' };
  if (request.decision === 'deny') return { kind: 'denied' };
  const waited = now - (request.polled_at ?? 0);
  const early = waited < request.interval_seconds * 1000 - EARLY_MILLISECONDS;
  await db
    .updateTable('decoupled_requests')
    .set({ polled_at: now, interval_seconds: request.interval_seconds + (early ? SLOW_DOWN_SECONDS : 0) })
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', hash)
    .execute();
  return { kind: early ? 'slow_down' : 'pending' };
}
