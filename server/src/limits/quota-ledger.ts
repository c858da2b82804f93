import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type Clock, type Logger, type Random, systemPrincipal } from '#base';
import type { Store, Tx } from '#store';
import type { LimitsAuditEvent } from './audit-events.ts';
import type { Charge } from './limit.ts';
import { periodOf } from './meters.ts';

export interface QuotaLedgerDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Tells whoever it concerns, once it is certain. Left out: the audit log alone is told. */
  reached?: ((quota: QuotaReached) => Promise<void>) | undefined;
  organizationOf?: FindOrganization | undefined;
}

/** Which organization a subject belongs to, if any: it reads in its own log what becomes of its quotas. */
export type FindOrganization = (tx: Tx, subject: { tenantId: string; subject: string }) => Promise<string | undefined>;

/** So much of a quota is used. */
export interface QuotaReached {
  tenantId: string;
  /** Of the limit: that of a plan is called `plan`. */
  limit: string;
  /** Whose it is: the id of a key, a person, or what else the limit counts by; empty for everybody together. */
  subject: string;
  percent: number;
  used: number;
  requests: number;
  /** The day or month. */
  period: string;
}

/** What has to be told of a quota: that so much of it is used. */
const THRESHOLDS = [0.8, 1] as const;
const SAVE_MILLISECONDS = 1_000;
/** Rows in one statement. */
const ROWS_MAX = 1_000;
/** Subjects remembered at most. What is forgotten is learned again with the next save. */
const TOTALS_MAX = 200_000;
/** Subjects whose use waits to be saved at most: while there is no database, callers must not fill the memory. */
const UNSAVED_MAX = 200_000;

interface Unsaved {
  charge: Charge;
  period: string;
  periodEnd: number;
  used: number;
}

interface SavedRow {
  tenant_id: string;
  limit_key: string;
  subject: string;
  period: string;
  used: string;
}

/**
 * Hears of what all processes have used of a quota together, with an instant of the period in which they have: it may be
 * over by then.
 */
type Learned = (charge: Charge, used: number, at: number) => void;

/**
 * What was used of quotas, in PostgreSQL: every process adds what it let through, once a second, and learns what all have
 * together. No request waits for it. A process that is killed loses what it had not added: a second's worth.
 */
export class QuotaLedger {
  readonly #deps: QuotaLedgerDeps;
  readonly #totals = new Map<string, number>();
  #unsaved = new Map<string, Unsaved>();
  /** Requests of others than those, which are counted in this process alone. */
  #unkept = 0;
  readonly #unsavedMax: number;
  #saving: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #learned: Learned;

  constructor(deps: QuotaLedgerDeps, learned: Learned, unsavedMax = UNSAVED_MAX) {
    this.#unsavedMax = unsavedMax;
    this.#deps = deps;
    this.#learned = learned;
    this.#timer = setInterval(() => void this.save(), SAVE_MILLISECONDS);
    this.#timer.unref();
  }

  /** Reads what was used of the periods that are not over. */
  async load(): Promise<void> {
    const { store, clock } = this.#deps;
    const { rows } = await store.transaction(
      { system: true },
      (tx) =>
        sql<SavedRow>`select tenant_id, limit_key, subject, period, used from limit_quotas
          where period_end > ${clock.now()} order by period_end desc limit ${TOTALS_MAX}`.execute(tx),
      { readOnly: true },
    );
    for (const row of rows) this.#totals.set(entryKey(row.limit_key, row.subject, row.period), Number(row.used));
  }

  /** Used in this period by all, as far as is known. */
  known({ limit, subject }: Charge, at: number): number {
    const period = periodOf(limit.per ?? 'day', at).name;
    return this.#totals.get(entryKey(limit.key, subject, period)) ?? 0;
  }

  /** A request was let through. */
  add(charge: Charge, at: number): void {
    const { name: period, end: periodEnd } = periodOf(charge.limit.per ?? 'day', at);
    const key = entryKey(charge.limit.key, charge.subject, period);
    const known = this.#unsaved.get(key);
    if (known === undefined) this.#keep(key, { charge, period, periodEnd, used: 1 });
    else known.used += 1;
  }

  #keep(key: string, entry: Unsaved): void {
    if (this.#unsaved.size < this.#unsavedMax) this.#unsaved.set(key, entry);
    else this.#unkept += entry.used;
  }

  /** Adds what is not saved yet. One at a time; never rejects: what could not be saved is tried again. */
  save(): Promise<void> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#saving;
    await this.save();
  }

  async #save(): Promise<void> {
    const pending = [...this.#unsaved];
    this.#unsaved = new Map();
    if (this.#unkept > 0) {
      this.#deps.log.warn({ requests: this.#unkept }, 'limits: too much waits to be saved; some is counted here alone');
      this.#unkept = 0;
    }
    for (let from = 0; from < pending.length; from += ROWS_MAX) {
      const some = pending.slice(from, from + ROWS_MAX);
      const reached: QuotaReached[] = [];
      try {
        const totals = await this.#deps.store.transaction({ system: true }, (tx) => {
          // Of a transaction that is tried again, the last try counts.
          reached.length = 0;
          return this.#write(tx, some, reached);
        });
        for (const [key, entry] of some) this.#learn(key, entry, totals.get(key));
        for (const quota of reached) await this.#spread(quota);
      } catch (error) {
        // Should it have been committed all the same, it is counted twice: a quota ends early rather than late.
        for (const [key, entry] of some) this.#giveBack(key, entry);
        this.#deps.log.warn({ err: error }, 'limits: what was used of quotas could not be saved; it is tried again');
      }
    }
  }

  #learn(key: string, { charge, periodEnd }: Unsaved, total: number | undefined): void {
    if (total === undefined) return;
    if (this.#totals.size >= TOTALS_MAX) this.#totals.clear();
    this.#totals.set(key, total);
    this.#learned(charge, total + (this.#unsaved.get(key)?.used ?? 0), periodEnd - 1);
  }

  #giveBack(key: string, entry: Unsaved): void {
    const since = this.#unsaved.get(key);
    if (since === undefined) this.#keep(key, entry);
    else since.used += entry.used;
  }

  /** In one order, so that two processes never wait for each other in a ring. */
  async #write(
    tx: Tx,
    some: readonly (readonly [string, Unsaved])[],
    reached: QuotaReached[],
  ): Promise<Map<string, number>> {
    const rows = some.map(([, { charge, period, periodEnd, used }]) => ({
      tenant_id: charge.limit.tenantId,
      limit_key: charge.limit.key,
      subject: charge.subject,
      period,
      period_end: periodEnd,
      used,
    }));
    const saved = await sql<SavedRow>`
      insert into limit_quotas as kept (tenant_id, limit_key, subject, period, period_end, used)
      select tenant_id, limit_key, subject, period, period_end, used
      from jsonb_populate_recordset(null::limit_quotas, ${JSON.stringify(rows)}::jsonb)
      order by tenant_id, limit_key, subject, period
      on conflict (tenant_id, limit_key, subject, period) do update set used = kept.used + excluded.used
      returning tenant_id, limit_key, subject, period, used`.execute(tx);
    const totals = new Map(
      saved.rows.map((row) => [entryKey(row.limit_key, row.subject, row.period), Number(row.used)]),
    );
    for (const [key, entry] of some) reached.push(...(await this.#tell(tx, entry, totals.get(key) ?? 0)));
    return totals;
  }

  /** Each threshold is crossed once in a period, by whichever process adds what crosses it. */
  async #tell(tx: Tx, { charge, period, used }: Unsaved, total: number): Promise<QuotaReached[]> {
    const { limit, subject } = charge;
    const reached: QuotaReached[] = [];
    const { tenantId } = limit;
    for (const threshold of THRESHOLDS) {
      const at = Math.ceil(limit.requests * threshold);
      if (total < at || total - used >= at) continue;
      const organizationId = await this.#deps.organizationOf?.(tx, { tenantId, subject });
      await recordEvent(tx, this.#deps, {
        tenantId,
        ...(organizationId === undefined ? {} : { organizationId }),
        type: 'quota.threshold_reached' satisfies LimitsAuditEvent,
        actor: systemPrincipal(tenantId, 'limits'),
        target: { type: 'quota', id: subject === '' ? limit.name : subject },
        detail: { limit: limit.name, percent: threshold * 100, used: total, requests: limit.requests, period },
      });
      const { name, requests } = limit;
      reached.push({ tenantId, limit: name, subject, percent: threshold * 100, used: total, requests, period });
    }
    // Who crosses both at once is told of the last: the first would promise what is over already.
    return reached.slice(-1);
  }

  /** What is counted stands already: whoever can't be told must not have it counted again. */
  async #spread(quota: QuotaReached): Promise<void> {
    const { reached, log } = this.#deps;
    await reached?.(quota).catch((err: unknown) => log.warn({ err }, 'limits: nobody could be told of a quota'));
  }
}

/** Removes quotas of periods that were over before `before`. */
export async function pruneQuotas({ store }: Pick<QuotaLedgerDeps, 'store'>, before: number): Promise<void> {
  await store.transaction({ system: true }, (tx) =>
    sql`delete from limit_quotas where period_end < ${before}`.execute(tx),
  );
}

function entryKey(limitKey: string, subject: string, period: string): string {
  return `${limitKey}\n${subject}\n${period}`;
}
