import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, newId, type Principal } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { WebhooksAuditEvent } from './audit-events.ts';
import { demandWebhook, inside, targetOf, type WebhookPlace } from './find-webhook.ts';
import { mintWebhookSecret } from './sign-message.ts';
import { secretPlace, type WebhookTables } from './tables.ts';

export interface WebhookSecretDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'seal'>;
}

export interface WebhookSecretInfo {
  id: string;
  /** Its last four characters. */
  hint: string;
  createdAt: number;
  /** When it is used no more; absent: it is the one that stays. */
  expiresAt?: number;
}

/** A message bears a signature for each: more would make its head large, and no receiver rotates so often. */
const SECRETS_MAX = 4;

/**
 * A new secret, shown here and never again. For `overlapMs` messages are signed with those there were as well, so that the
 * receiver changes without a gap; 0 ends them at once. A webhook begins to hear of events with its first one.
 * @throws `webhook_not_found`
 */
export async function issueWebhookSecret(
  deps: WebhookSecretDeps,
  { actor, overlapMs, ...place }: WebhookPlace & { overlapMs: number; actor: Principal },
): Promise<WebhookSecretInfo & { secret: string }> {
  const { tenantId, webhook } = place;
  const secret = mintWebhookSecret(deps.random);
  const id = newId('webhookSecret', deps);
  const hint = secret.slice(-4);
  const createdAt = deps.clock.now();
  await deps.store.transaction({ tenantId }, async (tx) => {
    const endpoint = await demandWebhook(tx, place, { lock: true });
    const db = tx.withTables<WebhookTables>();
    const ours = db
      .selectFrom('webhook_secrets')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .where('webhook', '=', webhook);
    const kept = await ours
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', createdAt)]))
      .orderBy('id', 'desc')
      .limit(SECRETS_MAX - 1)
      .execute();
    const keptIds = overlapMs === 0 ? [] : kept.map((row) => row.id);
    const all = db.deleteFrom('webhook_secrets').where('tenant_id', '=', tenantId).where('webhook', '=', webhook);
    await (keptIds.length === 0 ? all : all.where('id', 'not in', keptIds)).execute();
    await db
      .updateTable('webhook_secrets')
      .set({ expires_at: sql<number>`least(expires_at, ${createdAt + overlapMs}::bigint)` })
      .where('tenant_id', '=', tenantId)
      .where('webhook', '=', webhook)
      .execute();
    await db
      .insertInto('webhook_secrets')
      .values({
        tenant_id: tenantId,
        id,
        webhook,
        organization_id: endpoint.organization_id,
        sealed: deps.keyring.seal(secret, secretPlace(id)),
        hint,
        created_at: createdAt,
        expires_at: null,
      })
      .execute();
    await recordEvent(tx, deps, {
      tenantId,
      ...inside(endpoint),
      type: 'webhook.secret_issued' satisfies WebhooksAuditEvent,
      actor,
      target: targetOf(endpoint),
      detail: { secret_id: id },
    });
  });
  return { id, hint, createdAt, secret };
}
