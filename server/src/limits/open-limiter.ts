import type { Logger } from '#base';
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
  { processId, log }: { processId: string; log: Logger },
): Promise<SharedLimiter> {
  const link = await openRedisLink({ ...redis, log });
  return new SharedLimiter({ link, processId, whenDown: redis.whenDown, log });
}
