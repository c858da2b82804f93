import { recordEvent } from '#audit';
import { GatehouseError, type IdSource, type Logger, newId, type SafeFetch, systemPrincipal } from '#base';
import type { SigningKeys } from '#keyring';
import type { Store } from '#store';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import type { LogoutTables } from './tables.ts';

export interface DeliverLogoutsDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  signingKeys: Pick<SigningKeys, 'sign'>;
  issuers: Issuers;
  clients: ClientDirectory;
  subjects: PairwiseSubjects;
  fetch: SafeFetch;
  log: Logger;
}

type Delivery = LogoutTables['logout_deliveries'];

const AT_ONCE = 20;
const TIMEOUT_MILLISECONDS = 5_000;
const ANSWER_BYTES_MAX = 16 * 1024;
/** OpenID Connect Back-Channel Logout §4: preferably two minutes at most. */
const TOKEN_SECONDS = 120;
const BACK_OFF_MILLISECONDS = 10_000;
/** 10 s, 20 s, … 43 minutes: an application that is down for over an hour and a half has ended its sessions anyway. */
const ATTEMPTS_MAX = 10;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * Tells applications that somebody is signed out (OpenID Connect Back-Channel Logout §2.5). Run by one process at a time;
 * an application that is told twice does no more than once.
 */
export async function deliverLogouts(deps: DeliverLogoutsDeps, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const due = await dueDeliveries(deps);
    await Promise.all(due.map((delivery) => deliver(deps, delivery)));
    if (due.length < AT_ONCE || signal?.aborted === true) return;
  }
}

function dueDeliveries({ store, clock }: DeliverLogoutsDeps): Promise<Delivery[]> {
  return store.transaction(
    { system: true },
    (tx) =>
      tx
        .withTables<LogoutTables>()
        .selectFrom('logout_deliveries')
        .selectAll()
        .where('next_at', '<=', clock.now())
        .orderBy('next_at')
        .limit(AT_ONCE)
        .execute(),
    { readOnly: true },
  );
}

async function deliver(deps: DeliverLogoutsDeps, delivery: Delivery): Promise<void> {
  const client = deps.clients.client(delivery.tenant_id, delivery.client_id);
  const uri = client?.resourceId === delivery.client_resource_id ? client.spec.backchannelLogoutUri : undefined;
  // Gone, or never wanted to hear of it.
  if (client === undefined || uri === undefined) return settle(deps, delivery, 'done');
  try {
    const { status } = await deps.fetch(uri, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: await logoutToken(deps, client, delivery) }).toString(),
      timeoutMs: TIMEOUT_MILLISECONDS,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
    // §2.8: 200, and from some frameworks 204.
    if (status === 200 || status === 204) return await settle(deps, delivery, 'done');
    throw new TypeError(`answered ${status}`);
  } catch (err) {
    const why = err instanceof GatehouseError ? (err.cause ?? err) : err;
    deps.log.warn(
      { err: why, clientId: delivery.client_id, attempts: delivery.attempts + 1 },
      'a logout was not delivered',
    );
    await settle(deps, delivery, delivery.attempts + 1 < ATTEMPTS_MAX ? 'retry' : 'undeliverable');
  }
}

/** §2.4. A type of its own, without nonce: it must never pass for an id token. */
function logoutToken(
  deps: DeliverLogoutsDeps,
  client: Client,
  { tenant_id, client_id, user_id, session_id }: Delivery,
): string | Promise<string> {
  const issuedAt = Math.floor(deps.clock.now() / 1000);
  const claims = {
    iss: deps.issuers.issuerOf(tenant_id),
    aud: client_id,
    sub: deps.subjects.hide(client, 'subject', user_id),
    sid: deps.subjects.hide(client, 'session', session_id),
    iat: issuedAt,
    exp: issuedAt + TOKEN_SECONDS,
    jti: newId('token', deps),
    events: { [LOGOUT_EVENT]: {} },
  };
  return deps.signingKeys.sign(tenant_id, claims, { typ: 'logout+jwt', alg: client.idTokenAlg });
}

async function settle(deps: DeliverLogoutsDeps, delivery: Delivery, outcome: 'done' | 'retry' | 'undeliverable') {
  const { tenant_id: tenantId, id, attempts } = delivery;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<LogoutTables>();
    if (outcome === 'retry') {
      await db
        .updateTable('logout_deliveries')
        .set({ attempts: attempts + 1, next_at: deps.clock.now() + BACK_OFF_MILLISECONDS * 2 ** attempts })
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .execute();
      return;
    }
    await db.deleteFrom('logout_deliveries').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
    if (outcome === 'done') return;
    await recordEvent(tx, deps, {
      tenantId,
      type: 'logout.undeliverable',
      actor: systemPrincipal(tenantId, 'back-channel-logout'),
      target: { type: 'client', id: delivery.client_resource_id, name: delivery.client_id },
      detail: { session_id: delivery.session_id, attempts: attempts + 1 },
    });
  });
}
