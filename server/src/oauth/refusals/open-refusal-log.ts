import { sql } from 'kysely';
import { type Clock, createAttemptBudget, type Logger, networkOf } from '#base';
import type { Store } from '#store';
import type { Refusal } from './refusal.ts';

/** Takes refusals down on the side: never throws, never waits, and loses some rather than to be a way to fill a disk. */
export interface RefusalLog {
  offer(refusal: Refusal): void;
  /** Resolves when all that was taken before is written, or can't be. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Whoever is refused decides how often: a hundred of one kind tell no more than ten. Of one client (of one network,
 * while nobody knows which client it is) and one reason ten are kept at once, and then one in five seconds.
 */
const SAME_KIND = { atOnce: 10, perSecond: 0.2, keysMax: 10_000 };
/** Of everything, in one process: a row is about 1 kB, a batch one statement a second. */
const ALL = { atOnce: 200, perSecond: 5, keysMax: 1 };
const DELAY_MS = 1_000;

export function openRefusalLog({
  store,
  clock,
  log,
}: {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  log: Logger;
}): RefusalLog {
  const kinds = createAttemptBudget({ clock }, SAME_KIND);
  const all = createAttemptBudget({ clock }, ALL);
  let waiting: Refusal[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const refusals = waiting;
    waiting = [];
    if (refusals.length === 0) return writing;
    writing = writing.then(async () => {
      try {
        await store.transaction({ system: true }, (tx) => insert(refusals).execute(tx));
      } catch (err) {
        log.warn({ err, count: refusals.length }, 'refused OAuth requests could not be written down to be explained');
      }
    });
    return writing;
  };

  return {
    offer(refusal) {
      const { tenantId, clientId, remoteAddress = '', reason } = refusal;
      const kind = JSON.stringify([tenantId, clientId ?? networkOf(remoteAddress), clientId === undefined, reason]);
      if (kinds.retryAfterSeconds(kind) !== undefined) return;
      // Before the common budget, so that one who uses up his own takes nothing of it.
      kinds.spend(kind);
      if (all.retryAfterSeconds('') !== undefined) return;
      all.spend('');
      waiting.push(refusal);
      timer ??= setTimeout(() => void write(), DELAY_MS).unref();
    },
    flush: write,
    close: write,
  };
}

function insert(refusals: readonly Refusal[]) {
  const rows = refusals.map(({ id, tenantId, at, clientId, reason, ...entry }) => ({
    tenant_id: tenantId,
    id,
    at,
    client_id: clientId ?? null,
    reason,
    entry,
  }));
  return sql`
    insert into oauth_refusals (tenant_id, id, at, client_id, reason, entry)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as
      r(tenant_id text, id text, at bigint, client_id text, reason text, entry jsonb)
    on conflict do nothing`;
}
