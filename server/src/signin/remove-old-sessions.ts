import type { Clock } from '#base';
import type { Store } from '#store';
import { removeOldChoices } from './active-organization.ts';
import type { SigninTables } from './tables.ts';

/** Long enough to answer where someone was signed in a quarter ago; the audit log keeps what happened. */
const KEPT_MS = 90 * 24 * 3_600_000;

const DEVICE_KEPT_MS = 400 * 24 * 3_600_000;
/** Long past the moment at which it has run down to nothing. */
const COUNTER_KEPT_MS = 24 * 3_600_000;

/** Rows in one statement: a short one, so that nothing waits for it. */
const BATCH = 1000;

/**
 * Removes sessions, flows, challenges, devices and links that nothing can come of any more, in every tenant. For housekeeping: one process at a
 * time. Returns how many sessions went.
 */
export async function removeOldSessions({
  store,
  clock,
}: {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
}): Promise<number> {
  const before = clock.now() - KEPT_MS;
  return store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<SigninTables>();
    const now = clock.now();
    await db.deleteFrom('sign_in_flows').where('expires_at', '<=', now).execute();
    await db.deleteFrom('impersonations').where('expires_at', '<=', now).execute();
    await db.deleteFrom('webauthn_challenges').where('expires_at', '<=', now).execute();
    await db.deleteFrom('totp_enrolments').where('expires_at', '<=', now).execute();
    // Longer than a browser keeps the cookie.
    await db
      .deleteFrom('known_devices')
      .where('last_seen_at', '<', now - DEVICE_KEPT_MS)
      .execute();
    await db
      .deleteFrom('sign_in_counters')
      .where('updated_at', '<', now - COUNTER_KEPT_MS)
      .execute();
    await db.deleteFrom('one_time_links').where('expires_at', '<', before).execute();
    const old = await db
      .selectFrom('sessions')
      .select(['tenant_id', 'id'])
      .where((where) => where.or([where('expires_at', '<', before), where('ended_at', '<', before)]))
      .limit(BATCH)
      .execute();
    for (const { tenant_id, id } of old) {
      await db.deleteFrom('sessions').where('tenant_id', '=', tenant_id).where('id', '=', id).execute();
    }
    await removeOldChoices(tx);
    return old.length;
  });
}
