import type { Selectable } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, newId } from '#base';
import type { Tx } from '#store';
import { knownAcr, reachesOne } from '../authorization/acr-ranks.ts';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { consentDetail, givenOf, type Wanted } from '../consent/asked-items.ts';
import { rememberConsent } from '../consent/remember-consent.ts';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import type { BrowserSession, SigninPort } from '../ports.ts';
import type { Params } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';
import { readDecoupledTarget } from './choose-target.ts';
import type { DecoupledTables } from './tables.ts';

/** Its process tells the client at once; should it die before it could, another one does so a little later. */
export const PING_AGAIN_MILLISECONDS = 5_000;

export interface DecideDeps extends IdSource {
  clients: ClientDirectory;
  signin: Pick<SigninPort, 'acrValues'>;
}

export interface DecoupledAnswer {
  tenantId: string;
  hash: string;
  session: BrowserSession;
  decision: 'allow' | 'deny';
  /** The form: what was ticked. */
  params: Params;
}

export type Decided =
  | { kind: 'decided'; allowed: boolean; clientId: string; hash: string }
  /** The person is to prove more first: one of these would do. Nothing is decided. */
  | { kind: 'too_weak'; acrValues: readonly string[] };

/**
 * The person's answer, once. With `allow` the grant is made here, under the person's own proof of who they are; its
 * tokens are made when the client comes for them. @returns undefined when there is nothing left to answer.
 */
export async function decideRequest(tx: Tx, deps: DecideDeps, answer: DecoupledAnswer): Promise<Decided | undefined> {
  const { tenantId, hash, session } = answer;
  const now = deps.clock.now();
  const request = await waitingRequest(tx, deps, answer);
  if (request === undefined) return undefined;
  const target = readDecoupledTarget(deps.clients, tenantId, request);
  if (target === undefined) return undefined;
  const acrValues = knownAcr(deps.signin, request.acr);
  const isAllowing = answer.decision === 'allow';
  if (isAllowing && acrValues !== undefined && !reachesOne(deps.signin, session.acr, acrValues)) {
    return { kind: 'too_weak', acrValues };
  }
  const { client, wanted } = target;
  // Who unticks everything has not allowed anything.
  const given = isAllowing ? givenOf(client, wanted, answer.params) : undefined;
  const grantId = given === undefined ? null : newId('grant', deps);
  await tx
    .withTables<DecoupledTables>()
    .updateTable('decoupled_requests')
    .set({
      decided_at: now,
      decision: given === undefined ? 'deny' : 'allow',
      grant_id: grantId,
      user_id: session.userId,
    })
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .execute();
  if (given !== undefined && grantId !== null) {
    await insertGrant(tx, { request, grantId, session, given, now });
    await rememberConsent(tx, deps, { userId: session.userId, client, wanted, given });
  }
  if (request.notify_sealed !== null) {
    await tx
      .withTables<DecoupledTables>()
      .updateTable('decoupled_requests')
      .set({ notify_at: now + PING_AGAIN_MILLISECONDS })
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hash)
      .execute();
  }
  await recordEvent(tx, deps, {
    tenantId,
    type: given === undefined ? 'consent.denied' : 'consent.granted',
    actor: sessionPrincipal(tenantId, session),
    target: { type: 'client', id: client.resourceId, name: client.id },
    detail: { ...consentDetail(wanted, given), flow: request.kind },
  });
  return { kind: 'decided', allowed: given !== undefined, clientId: client.id, hash };
}

/** Locked: of two answers one finds it unanswered, the other waits here and finds nothing. */
function waitingRequest(tx: Tx, { clock }: IdSource, { tenantId, hash, session }: DecoupledAnswer) {
  return tx
    .withTables<DecoupledTables>()
    .selectFrom('decoupled_requests')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .where((where) => where.or([where('user_id', 'is', null), where('user_id', '=', session.userId)]))
    .where('decided_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .forUpdate()
    .executeTakeFirst();
}

interface DecidedGrant {
  request: Selectable<DecoupledTables['decoupled_requests']>;
  grantId: string;
  session: BrowserSession;
  given: Wanted;
  now: number;
}

async function insertGrant(tx: Tx, { request, grantId, session, given, now }: DecidedGrant): Promise<void> {
  const { details } = given;
  await tx
    .withTables<OAuthTables>()
    .insertInto('oauth_grants')
    .values({
      tenant_id: request.tenant_id,
      id: grantId,
      user_id: session.userId,
      client_id: request.client_id,
      client_resource_id: request.client_resource_id,
      // The browser that answered is not the device that will use the tokens: they don't end with its session.
      session_id: null,
      scope: given.scopes.join(' '),
      api: given.apis[0]?.name ?? null,
      nonce: null,
      auth_time: session.authTime,
      acr: session.acr ?? null,
      amr: session.amr.join(' '),
      authorization_details: details.length === 0 ? null : JSON.stringify(details),
      created_at: now,
      // As long as the request, until the client has come for its tokens.
      expires_at: request.expires_at,
    })
    .execute();
}
