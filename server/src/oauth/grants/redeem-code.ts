import { createHash } from 'node:crypto';
import { recordEvent } from '#audit';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { mayOmitPkce, NO_CHALLENGE } from '../profiles/may-omit-pkce.ts';
import { type Params, param, paramsNamed, requiredParam } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';
import type { Revocation } from '../tokens/revocation-list.ts';
import { clientPrincipal } from './acting-principal.ts';
import { REFRESH_ABSOLUTE_MILLISECONDS } from './refresh-lifetimes.ts';
import {
  type RespondWithGrantDeps,
  respondWithGrant,
  type Standing,
  storeRefreshToken,
  takeStanding,
} from './respond-with-grant.ts';
import { revokeTokensIn } from './revoke-tokens.ts';
import { boundTo, type Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';
import type { EventsTogether, TransactTogether } from './transact-together.ts';

export type RedeemCodeDeps = RespondWithGrantDeps & {
  keyring: Pick<Keyring, 'mac'>;
  transactTogether: TransactTogether;
};

type Redeemed =
  | { kind: 'redeemed'; response: TokenResponse }
  | { kind: 'replayed'; revocation: Revocation }
  | { kind: 'mismatch'; why: string; tell?: string }
  | { kind: 'invalid'; why: string }
  | { kind: 'revoked' };

/** RFC 7636 §4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** RFC 6749 §4.1.3 with PKCE (RFC 7636 §4.6): an authorization code for tokens, once. */
export async function redeemCode(
  deps: RedeemCodeDeps,
  client: Client,
  params: Params,
  sender: Sender,
): Promise<TokenResponse> {
  const code = requiredParam(params, 'code');
  const challenge = challengeOf(client, params);
  if (recogniseCredential(code)?.kind !== 'authorization_code') throw oauthErrors.code_invalid();
  const presented: PresentedCode = {
    hash: credentialHash(deps.keyring, code),
    challenge,
    // OAuth 2.1 leaves it out, PKCE does its work; who sends it must send the same (RFC 6749 §4.1.3).
    redirectUri: param(params, 'redirect_uri'),
    asked: { resources: paramsNamed(params, 'resource'), details: param(params, 'authorization_details') },
    sender,
  };
  // Before the code is spent: what fails from here on leaves it as it was (ADR 28).
  const person = await findPerson(deps, client, presented.hash);
  const standing = person && (await takeStanding(deps, client, person));
  const outcome = await deps.transactTogether(client.tenantId, (tx, events) =>
    consume(tx, deps, client, { presented, standing, events }),
  );
  switch (outcome.kind) {
    case 'redeemed':
      return outcome.response;
    case 'replayed':
      deps.revocations.add(outcome.revocation);
      throw oauthErrors.code_invalid({ cause: new Error('it was used before, so its grant has ended now') });
    case 'mismatch':
      throw oauthErrors.code_mismatch({
        cause: new Error(outcome.why),
        // To whom the code is not, nothing is told of it.
        ...(outcome.tell === undefined ? {} : { message: `The code was not redeemed: ${outcome.tell}.` }),
      });
    case 'revoked':
      throw oauthErrors.grant_revoked();
    case 'invalid':
      throw oauthErrors.code_invalid({ cause: new Error(outcome.why) });
  }
}

/** What the code must have been issued for. */
function challengeOf(client: Client, params: Params): string {
  if (param(params, 'code_verifier') === undefined && mayOmitPkce(client)) {
    // Without PKCE the address is what is left to be compared (RFC 6749 §4.1.3).
    requiredParam(params, 'redirect_uri');
    return NO_CHALLENGE;
  }
  const verifier = requiredParam(params, 'code_verifier');
  if (!VERIFIER.test(verifier)) {
    throw oauthErrors.parameter_malformed({
      message: 'code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1).',
    });
  }
  return createHash('sha256').update(verifier).digest('base64url');
}

/** Whose code it is, while it is good. */
async function findPerson({ store, clock }: RedeemCodeDeps, { tenantId, id }: Client, hash: string) {
  const row = await store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<OAuthTables>()
        .selectFrom('authorization_codes as code')
        .innerJoin('oauth_grants as family', (join) =>
          join.onRef('family.tenant_id', '=', 'code.tenant_id').onRef('family.id', '=', 'code.grant_id'),
        )
        .select(['family.user_id', 'family.session_id', 'family.created_at'])
        .where('code.tenant_id', '=', tenantId)
        .where('code.hash', '=', hash)
        .where('code.client_id', '=', id)
        .where('code.consumed_at', 'is', null)
        .where('code.expires_at', '>', clock.now())
        .executeTakeFirst(),
    { readOnly: true },
  );
  return row && { userId: row.user_id, sessionId: row.session_id, createdAt: row.created_at };
}

interface PresentedCode {
  hash: string;
  challenge: string;
  redirectUri: string | undefined;
  asked: { resources: readonly string[]; details: string | undefined };
  sender: Sender;
}

async function consume(
  tx: Tx,
  deps: RedeemCodeDeps,
  client: Client,
  { presented, standing, events }: { presented: PresentedCode; standing: Standing | undefined; events: EventsTogether },
): Promise<Redeemed> {
  // It was no longer good a moment ago, so it is not now.
  if (standing === undefined) return explainRefusal(tx, deps, client, { presented, events });
  const db = tx.withTables<OAuthTables>();
  const now = deps.clock.now();
  // One statement decides: of any number of racing redemptions one sees the row unconsumed, the others wait and see it taken.
  const taken = await db
    .updateTable('authorization_codes')
    .set({ consumed_at: now })
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', presented.hash)
    .where('client_id', '=', client.id)
    .where('code_challenge', '=', presented.challenge)
    // RFC 9449 §10: whoever began with a key finishes with it.
    .where((where) =>
      where.or([where('dpop_jkt', 'is', null), where('dpop_jkt', '=', presented.sender.confirmation?.jkt ?? '')]),
    )
    .$if(presented.redirectUri !== undefined, (query) => query.where('redirect_uri', '=', presented.redirectUri ?? ''))
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('grant_id')
    .executeTakeFirst();
  if (taken === undefined) return explainRefusal(tx, deps, client, { presented, events });
  const grant = await db
    .updateTable('oauth_grants')
    .set({ expires_at: now + REFRESH_ABSOLUTE_MILLISECONDS, ...boundTo(client, presented.sender) })
    .where('tenant_id', '=', client.tenantId)
    .where('id', '=', taken.grant_id)
    .where('client_resource_id', '=', client.resourceId)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (grant === undefined) return { kind: 'revoked' };
  // Who acts for somebody comes back to be asked again each time.
  const refreshes = client.grants.has('refresh_token') && grant.actor_id === null;
  const refreshToken = refreshes ? mintCredential('refresh_token', deps.random) : undefined;
  if (refreshToken !== undefined) await storeRefreshToken(tx, deps, { grant, token: refreshToken, now });
  events.add({
    type: 'token.issued',
    actor: clientPrincipal(client),
    target: { type: 'grant', id: grant.id },
    detail: { grant_type: 'authorization_code', user_id: grant.user_id, scope: grant.scope },
  });
  // What it throws leaves the code unspent: a mistake in the request can be mended.
  const { sender, asked } = presented;
  return {
    kind: 'redeemed',
    response: await respondWithGrant(deps, client, { grant, standing, refreshToken, sender, asked }),
  };
}

/**
 * Why nothing was consumed. A code that comes a second time from its own client is a sign that it was stolen: every
 * token that came of it ends (RFC 6749 §4.1.2). Another client can't cause that, whatever it saw.
 */
async function explainRefusal(
  tx: Tx,
  deps: RedeemCodeDeps,
  client: Client,
  { presented, events }: { presented: PresentedCode; events: EventsTogether },
): Promise<Redeemed> {
  const db = tx.withTables<OAuthTables>();
  const row = await db
    .selectFrom('authorization_codes')
    .select(['grant_id', 'client_id', 'redirect_uri', 'code_challenge', 'dpop_jkt', 'consumed_at', 'expires_at'])
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', presented.hash)
    .executeTakeFirst();
  if (row === undefined) return { kind: 'invalid', why: 'there is no such code' };
  if (row.client_id !== client.id) {
    return { kind: 'mismatch', why: `it was issued to the client ${row.client_id}, and ${client.id} presents it` };
  }
  if (row.consumed_at === null) {
    if (row.expires_at <= deps.clock.now()) return { kind: 'invalid', why: 'it has expired' };
    const why = differences(row, presented);
    return { kind: 'mismatch', why, tell: why };
  }
  const live = await db
    .selectFrom('oauth_grants')
    .select('id')
    .where('tenant_id', '=', client.tenantId)
    .where('id', '=', row.grant_id)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (live === undefined) return { kind: 'invalid', why: 'it was used before, and its grant has ended' };
  const actor = clientPrincipal(client);
  const { tenantId } = client;
  // What was issued for it may be in this very transaction.
  await events.seal();
  await recordEvent(tx, deps, {
    tenantId,
    type: 'authorization_code.replayed',
    actor,
    target: { type: 'grant', id: row.grant_id },
  });
  const because = 'authorization_code_replayed';
  const revocation = await revokeTokensIn(tx, deps, { tenantId, kind: 'grant', id: row.grant_id, actor, because });
  return { kind: 'replayed', revocation };
}

/** Which of the things that must be the same is not. */
function differences(
  row: { redirect_uri: string; code_challenge: string; dpop_jkt: string | null },
  { redirectUri, challenge, sender }: PresentedCode,
): string {
  const different = [
    ...(row.code_challenge === challenge ? [] : ['code_verifier does not belong to code_challenge']),
    ...(redirectUri === undefined || row.redirect_uri === redirectUri
      ? []
      : ['redirect_uri is another one than in the authorization request']),
    ...(row.dpop_jkt === null || row.dpop_jkt === sender.confirmation?.jkt
      ? []
      : ['the DPoP key is another one than in the authorization request']),
  ];
  return different.join(', ');
}
