import { sql } from 'kysely';
import { type Clock, networkOf, siteOf } from '#base';
import { emailKey } from '#directory';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import { signinErrors } from '../errors.ts';
import type { EmailProofTables } from './email-proof-tables.ts';

export interface AttemptsDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
}

export const WINDOW_MS = 60 * 60_000;

/**
 * How often within an hour. Per name only together with the network it is asked from: counted alone, anyone could keep
 * anyone from asking. What one address gets altogether the outbox bounds.
 */
const PER_HOUR_MAX = { name: 5, network: 30, site: 300 } as const;

/**
 * Counts first and decides then, for names that exist and names that don't alike, and in the database: several processes
 * count together, and a restart forgets nothing.
 * @throws `mail_throttled`
 */
export async function countAttempts(
  { store, keyring, clock }: AttemptsDeps,
  { tenantId, what, name, address }: { tenantId: string; what: string; name: string; address: string },
): Promise<void> {
  const now = clock.now();
  const started = now - (now % WINDOW_MS);
  const network = networkOf(address);
  const site = siteOf(address);
  const counted = [
    { key: `${what} name ${network} ${emailKey(name.trim()).slice(0, 300)}`, max: PER_HOUR_MAX.name },
    { key: `${what} network ${network}`, max: PER_HOUR_MAX.network },
    ...(site === undefined ? [] : [{ key: `${what} site ${site}`, max: PER_HOUR_MAX.site }]),
  ]
    .map(({ key, max }) => ({ hash: keyring.mac('email attempts', key).toString('hex'), max }))
    // One order for all, so that two that count the same never wait for each other.
    .sort((left, right) => (left.hash < right.hash ? -1 : 1));
  const rows = await store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<EmailProofTables>()
      .insertInto('email_attempts')
      .values(
        counted.map(({ hash }) => ({ tenant_id: tenantId, key_hash: hash, window_started_at: started, count: 1 })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'key_hash', 'window_started_at'])
          .doUpdateSet({ count: sql<number>`email_attempts.count + 1` }),
      )
      .returning(['key_hash', 'count'])
      .execute(),
  );
  const tooMany = rows.some(({ key_hash, count }) => count > (counted.find(({ hash }) => hash === key_hash)?.max ?? 0));
  if (!tooMany) return;
  throw signinErrors.mail_throttled({ details: { retryAfterSeconds: Math.ceil((started + WINDOW_MS - now) / 1000) } });
}
