/** How much somebody may ask for: token buckets, sliding windows, quotas and requests under way, in memory or shared. */
export { LIMITS_AUDIT_EVENTS } from './audit-events.ts';
export {
  type Charge,
  type Limit,
  type Limiter,
  type LimiterState,
  type LimitOutcome,
  type LimitPlace,
  makeLimit,
} from './limit.ts';
export { checkLimit, checkLimits, type LimitSpec, type LimitSubject, limitSchema, limitsSchema } from './limit-spec.ts';
export { MemoryLimiter } from './memory-limiter.ts';
export { limitsMigrations } from './migrations.ts';
export { openLimiter, openSharedLimiter, type RedisLimits } from './open-limiter.ts';
export { type FindOrganization, pruneQuotas, type QuotaReached } from './quota-ledger.ts';
export { rateLimitNumbers, rateLimitPolicy, rateLimitStart } from './rate-limit-headers.ts';
export type { SharedLimiter } from './redis-limiter.ts';
