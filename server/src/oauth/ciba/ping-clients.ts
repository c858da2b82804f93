import { type Clock, GatehouseError, type Logger, type SafeFetch } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { PING_AGAIN_MILLISECONDS } from '../decoupled/decide-request.ts';
import type { DecoupledTables } from '../decoupled/tables.ts';
import { placeOfNotification } from './authorize-backchannel.ts';

export interface PingClientsDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'open'>;
  clients: Pick<ClientDirectory, 'client'>;
  clock: Clock;
  fetch: SafeFetch;
  log: Logger;
}

type Ping = Pick<
  DecoupledTables['decoupled_requests'],
  'tenant_id' | 'hash' | 'client_id' | 'client_resource_id' | 'notify_sealed' | 'notify_attempts'
>;
const COLUMNS = [
  'tenant_id',
  'hash',
  'client_id',
  'client_resource_id',
  'notify_sealed',
  'notify_attempts',
] as const satisfies (keyof Ping)[];

const AT_ONCE = 20;
const TIMEOUT_MILLISECONDS = 5_000;
const ANSWER_BYTES_MAX = 16 * 1024;
/** 5 s, 10 s, … 5 minutes: the request itself is over by then, and the client can ask all the while. */
const ATTEMPTS_MAX = 6;

/**
 * Tells clients that their person has answered (OpenID Connect CIBA §10.2). For one process at a time, again and again; a
 * client that is told twice asks once more and no harm is done.
 */
export async function pingClients(deps: PingClientsDeps, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const due = await deps.store.transaction(
      { system: true },
      (tx) =>
        tx
          .withTables<DecoupledTables>()
          .selectFrom('decoupled_requests')
          .select(COLUMNS)
          .where('notify_at', '<=', deps.clock.now())
          .where('expires_at', '>', deps.clock.now())
          .orderBy('notify_at')
          .limit(AT_ONCE)
          .execute(),
      { readOnly: true },
    );
    await Promise.all(due.map((ping) => send(deps, ping)));
    if (due.length < AT_ONCE || signal?.aborted === true) return;
  }
}

/** The same for the one that was answered just now: the person does not wait for the client's server. */
export async function pingClient(deps: PingClientsDeps, tenantId: string, hash: string): Promise<void> {
  const ping = await deps.store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<DecoupledTables>()
        .selectFrom('decoupled_requests')
        .select(COLUMNS)
        .where('tenant_id', '=', tenantId)
        .where('hash', '=', hash)
        .where('notify_at', 'is not', null)
        .executeTakeFirst(),
    { readOnly: true },
  );
  if (ping !== undefined) await send(deps, ping);
}

/** Says that there is an answer, and not which. */
async function send(deps: PingClientsDeps, ping: Ping): Promise<void> {
  const client = deps.clients.client(ping.tenant_id, ping.client_id);
  const uri = client?.resourceId === ping.client_resource_id ? client.spec.backchannelNotificationUri : undefined;
  // Gone, or polls by now.
  if (uri === undefined || ping.notify_sealed === null) return settle(deps, ping, true);
  try {
    const opened = deps.keyring.open(ping.notify_sealed, placeOfNotification(ping.hash)).toString('utf8');
    const { token, authReqId }: { token: string; authReqId: string } = JSON.parse(opened);
    const { status } = await deps.fetch(uri, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ auth_req_id: authReqId }),
      timeoutMs: TIMEOUT_MILLISECONDS,
      bodyBytesMax: ANSWER_BYTES_MAX,
    });
    // §10.2: the client SHOULD answer 204.
    if (status !== 204 && status !== 200) throw new TypeError(`answered ${status}`);
    await settle(deps, ping, true);
  } catch (err) {
    const why = err instanceof GatehouseError ? (err.cause ?? err) : err;
    const attempts = ping.notify_attempts + 1;
    deps.log.warn({ err: why, clientId: ping.client_id, attempts }, 'a client could not be pinged; it can still ask');
    await settle(deps, ping, attempts >= ATTEMPTS_MAX);
  }
}

async function settle(
  { store, clock }: PingClientsDeps,
  { tenant_id, hash, notify_attempts }: Ping,
  isOver: boolean,
): Promise<void> {
  const again = clock.now() + PING_AGAIN_MILLISECONDS * 2 ** (notify_attempts + 1);
  await store.transaction({ tenantId: tenant_id }, (tx) =>
    tx
      .withTables<DecoupledTables>()
      .updateTable('decoupled_requests')
      .set({ notify_at: isOver ? null : again, notify_attempts: notify_attempts + 1 })
      .where('tenant_id', '=', tenant_id)
      .where('hash', '=', hash)
      .execute(),
  );
}
