import type { Clock, Logger, Random } from '#base';
import type { Store } from '#store';
import type { Limiter } from './limit.ts';
import { MemoryLimiter } from './memory-limiter.ts';
import { type FindOrganization, QuotaLedger, type QuotaReached } from './quota-ledger.ts';
import { SharedLimiter } from './redis-limiter.ts';
import { openRedisLink } from './redis-link.ts';

export interface RedisLimits {
  url: string;
  /** How long a request may wait for Redis. */
  timeoutMilliseconds: number;
  /** `share`: each process goes on with its part of every limit. `refuse`: nothing passes uncounted. */
  whenDown: 'share' | 'refuse';
}

/** Opens limits that all processes with the same Redis or Valkey share. It returns at once, also when Redis is away. */
export async function openSharedLimiter(
  redis: RedisLimits,
  { processId, log, memory }: { processId: string; log: Logger; memory?: MemoryLimiter },
): Promise<SharedLimiter> {
  const link = await openRedisLink({ ...redis, log });
  return new SharedLimiter({ link, processId, whenDown: redis.whenDown, log, ...(memory && { memory }) });
}

export interface LimiterDeps {
  store: Pick<Store, 'transaction'>;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Told when so much of a quota is used. */
  reached?: ((quota: QuotaReached) => Promise<void>) | undefined;
  organizationOf?: FindOrganization | undefined;
}

/** Limits as the gateway uses them: with quotas that outlive the process, and shared where there is a Redis. */
export async function openLimiter(
  deps: LimiterDeps,
  redis: RedisLimits | undefined,
): Promise<Limiter & { close(): Promise<void> }> {
  const memory = new MemoryLimiter();
  const ledger = new QuotaLedger(deps, (charge, used, at) => memory.learn(charge, used, at));
  memory.ledger = ledger;
  await ledger.load();
  if (redis === undefined) {
    return {
      take: (charges, now, at) => memory.take(charges, now, at),
      release: (charges) => memory.release(charges),
      close: () => ledger.close(),
    };
  }
  const processId = Buffer.from(deps.random.bytes(9)).toString('base64url');
  const limiter = await openSharedLimiter(redis, { processId, log: deps.log, memory });
  return {
    take: (charges, now, at) => limiter.take(charges, now, at),
    release: (charges) => limiter.release(charges),
    state: () => limiter.state(),
    async close() {
      limiter.close();
      await ledger.close();
    },
  };
}
