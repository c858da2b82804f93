import { readEvent } from '#audit';
import { epochSeconds, type Logger, type SafeFetch } from '#base';
import type { Keyring } from '#keyring';
import type { EventCatalogue } from './event-catalogue.ts';
import { sendMessage } from './send-message.ts';
import { placeOf, type SettleAttemptDeps, settleAttempt } from './settle-attempt.ts';
import { signMessage } from './sign-message.ts';
import { type DeliveryRow, secretPlace, type WebhookTables } from './tables.ts';
import { type Due, takeDue } from './take-turns.ts';
import { writeMessage } from './write-message.ts';

export interface DeliverDeps extends SettleAttemptDeps {
  keyring: Pick<Keyring, 'open'>;
  catalogue: Pick<EventCatalogue, 'namesThings'>;
  fetch: SafeFetch;
  log: Logger;
}

/** One turn of a webhook: the next few that are due, at once. */
export async function deliverNext(deps: DeliverDeps, due: Due, signal?: AbortSignal): Promise<void> {
  const taken = await takeDue(deps, due);
  await Promise.all(
    taken.map((delivery) =>
      deliver(deps, delivery, signal).catch((err: unknown) =>
        deps.log.error({ err, delivery: delivery.id }, 'a webhook was not delivered; it is tried again'),
      ),
    ),
  );
}

async function deliver(deps: DeliverDeps, delivery: DeliveryRow, signal: AbortSignal | undefined): Promise<void> {
  const isCutOff = () => signal?.aborted === true;
  const letter = await openLetter(deps, delivery);
  // Paused or disabled since it was taken: it waits until its lease is over.
  if (letter === undefined) return;
  if (letter === 'hidden') return giveUp(deps, delivery);
  // Whoever leads next begins with it.
  if (isCutOff()) return;
  const { url, body, secrets } = letter;
  const headers = signMessage(secrets, { id: delivery.event_id, seconds: epochSeconds(deps.clock), body });
  const outcome = await sendMessage(deps.fetch, { url, headers, body }, signal);
  // Cut off by us and not by the receiver.
  if (isCutOff() && outcome.failure !== undefined) return;
  if (outcome.failure !== undefined) {
    const { webhook, attempts, id } = delivery;
    deps.log.info({ webhook, delivery: id, attempts, failure: outcome.failure }, 'a webhook was not taken');
  }
  await settleAttempt(deps, delivery, outcome);
}

/** In the place of its owner: what the database does not show there can't be sent, whatever was queued. */
function openLetter(deps: DeliverDeps, delivery: DeliveryRow) {
  const { tenant_id: tenantId, webhook, sequence } = delivery;
  return deps.store.transaction(
    placeOf(delivery),
    async (tx) => {
      const db = tx.withTables<WebhookTables>();
      const endpoint = await db
        .selectFrom('webhook_endpoints')
        .select(['url', 'details'])
        .where('tenant_id', '=', tenantId)
        .where('webhook', '=', webhook)
        .where('disabled_at', 'is', null)
        .where('paused', '=', false)
        .executeTakeFirst();
      if (endpoint === undefined) return undefined;
      const event = await readEvent(tx, { tenantId, sequence });
      if (event === undefined) return 'hidden';
      const sealed = await db
        .selectFrom('webhook_secrets')
        .select(['id', 'sealed'])
        .where('tenant_id', '=', tenantId)
        .where('webhook', '=', webhook)
        .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', deps.clock.now())]))
        .orderBy('id', 'desc')
        .execute();
      if (sealed.length === 0) return undefined;
      const secrets = sealed.map((secret) => deps.keyring.open(secret.sealed, secretPlace(secret.id)).toString());
      return { url: endpoint.url, body: writeMessage(deps.catalogue, event, endpoint), secrets };
    },
    { readOnly: true },
  );
}

/** The event is not its owner's: none of it was shown, and none will be. */
async function giveUp(deps: DeliverDeps, delivery: DeliveryRow): Promise<void> {
  deps.log.error({ delivery: delivery.id }, 'a webhook was to be told what does not belong to it');
  await deps.store.transaction(placeOf(delivery), (tx) =>
    tx
      .withTables<WebhookTables>()
      .updateTable('webhook_deliveries')
      .set({ status: 'given_up', finished_at: deps.clock.now(), taken_at: null, last_failure: 'not for this webhook' })
      .where('tenant_id', '=', delivery.tenant_id)
      .where('id', '=', delivery.id)
      .execute(),
  );
}
