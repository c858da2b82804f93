import { sql } from 'kysely';
import type { Clock, Decision, DecisionRequest, Logger } from '#base';
import type { Store } from '#store';
import { DECISION_LOG_DEFAULT, type DecisionLogSpec } from './decision-log-kind.ts';
import type { DecisionOrigin } from './decision-origin.ts';
import { type LoggedDecision, toLogged } from './logged-decision.ts';

/** Takes decisions down on the side: never throws, never waits, and loses some rather than to slow anything down. */
export interface DecisionLog {
  offer(request: DecisionRequest, decision: Decision, origin: DecisionOrigin): void;
  /** Resolves when all that was taken before is written, or can't be. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface DecisionLogDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  log: Logger;
  settings: (tenantId: string) => DecisionLogSpec | undefined;
}

/** What denials alone can cost when somebody provokes them: 200 a second in the long run, a row of about 1 kB each. */
const PER_SECOND_MAX = 200;
const BURST_MAX = 2_000;
/** Of the share that is kept of what was allowed: a sample of 1.7 million a day tells no less for leaving out the rest. */
const SAMPLES_PER_SECOND_MAX = 20;
const SAMPLES_BURST_MAX = 2_000;
const DELAY_MS = 500;

export function openDecisionLog({ store, clock, log, settings }: DecisionLogDeps): DecisionLog {
  let waiting: LoggedDecision[] = [];
  const room = new Allowance(PER_SECOND_MAX, BURST_MAX, clock.now());
  const roomForSamples = new Allowance(SAMPLES_PER_SECOND_MAX, SAMPLES_BURST_MAX, clock.now());
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const entries = waiting;
    waiting = [];
    if (entries.length === 0) return writing;
    writing = writing.then(async () => {
      try {
        await store.transaction({ system: true }, (tx) => insert(entries).execute(tx));
      } catch (err) {
        lost += entries.length;
        log.warn({ err, count: entries.length }, 'decisions could not be written to the decision log');
      }
      if (lost === 0) return;
      log.warn(
        { count: lost },
        'decisions are missing in the decision log: they came too fast, or could not be written',
      );
      lost = 0;
    });
    return writing;
  };

  return {
    offer(request, decision, origin) {
      const { tenantId } = request.principal;
      const { allowed, denied } = settings(tenantId) ?? DECISION_LOG_DEFAULT;
      const different = decision.shadow !== undefined && decision.shadow.allowed !== decision.allowed;
      const share = decision.allowed ? allowed : denied;
      if (!different && !isSampled(origin.decisionId, share)) return;
      const now = clock.now();
      if (!different && decision.allowed && share < 1 && !roomForSamples.take(now)) return;
      if (!room.take(now)) {
        lost += 1;
        return;
      }
      waiting.push(toLogged(request, decision, origin, now));
      timer ??= setTimeout(() => void write(), DELAY_MS);
    },
    flush: write,
    async close() {
      await write();
    },
  };
}

/** So many a second in the long run, and so many at once. */
class Allowance {
  #left: number;
  #filledAt: number;
  readonly #perSecond: number;
  readonly #most: number;

  constructor(perSecond: number, most: number, now: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
    this.#filledAt = now;
  }

  take(now: number): boolean {
    this.#left = Math.min(this.#most, this.#left + (Math.max(0, now - this.#filledAt) * this.#perSecond) / 1000);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

const SAMPLES = 2 ** 20;

/** The end of an id is random, so it decides: the same on every process, and without drawing anything. */
function isSampled(decisionId: string, share: number): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  let value = 0;
  for (let at = decisionId.length - 4; at < decisionId.length; at += 1) {
    value = value * 32 + (VALUES[decisionId.charCodeAt(at)] ?? 0);
  }
  return value < share * SAMPLES;
}

/** Of each character of Crockford's base32 in lower case. */
const VALUES = new Uint8Array(128);
for (const [value, character] of [...'0123456789abcdefghjkmnpqrstvwxyz'].entries())
  VALUES[character.charCodeAt(0)] = value;

function insert(entries: readonly LoggedDecision[]) {
  const rows = entries.map(({ decisionId, tenantId, at, ...entry }) => ({
    tenant_id: tenantId,
    organization_id: entry.request.principal.organizationId ?? null,
    decision_id: decisionId,
    at,
    allowed: entry.decision.allowed,
    shadow_differs: entry.decision.shadow !== undefined && entry.decision.shadow.allowed !== entry.decision.allowed,
    entry,
  }));
  return sql`
    insert into decision_log (tenant_id, organization_id, decision_id, at, allowed, shadow_differs, entry)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as
      r(tenant_id text, organization_id text, decision_id text, at bigint, allowed boolean, shadow_differs boolean, entry jsonb)
    on conflict do nothing`;
}
