import { createHash } from 'node:crypto';
import type { Charge } from './limit.ts';
import { periodOf, WINDOW_SLOTS } from './meters.ts';

/**
 * What Redis or Valkey does for us, each in one atomic step. Its clock is the one that counts, so that processes whose
 * clocks differ still share one limit; only a quota's period comes from the process that asks.
 */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Milliseconds since a day in 2025: a double holds the fractions of a fast bucket's interval beside it. */
const NOW = `
local t = redis.call('TIME')
local now = (t[1] - 1750000000) * 1000 + t[2] / 1000
`;

/**
 * How many are under way: a hash of each process's own count, good until it is due. A process says between what and what its
 * own must lie: those that it knows to be under way, and besides those it has asked for before and got no answer to, which
 * may have been refused. So a message that is lost does no lasting harm, what is refused leaves nothing behind, and a process
 * that died is forgotten. What is due later than anything can be was said before the clock was set back.
 */
const UNDER_WAY = `
local function others(key, process, lease)
  local sum, own = 0, 0
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local count, due = string.match(fields[i + 1], '^(%d+):(%d+)$')
    due = tonumber(due or 0)
    if due < now or due > now + lease then redis.call('HDEL', key, fields[i])
    elseif fields[i] == process then own = tonumber(count)
    else sum = sum + tonumber(count) end
  end
  return sum, own
end
local function between(count, certain, asked)
  return math.max(certain, math.min(count, certain + asked))
end
local function tell(key, process, count, lease)
  if count <= 0 then redis.call('HDEL', key, process) return end
  redis.call('HSET', key, process, string.format('%d:%d', count, now + lease))
  redis.call('PEXPIRE', key, lease)
end
`;

/** So long a process's word about what it has under way is good; it repeats it three times in that time. */
export const LEASE_MILLISECONDS = 30_000;

/** Numbers of each charge after its form. */
const NUMBERS_PER_CHARGE = 3;

/**
 * ARGV: this process, then for each key its form and three numbers. Takes one from all or from none.
 * Returns whether it was allowed, the place of the limit with least left, what is left of it before this request, and
 * milliseconds: until one is free when refused, until nothing counts any more otherwise; then what of each quota is used.
 */
export const TAKE = script(`${NOW}${UNDER_WAY}
local process = ARGV[1]
local least, tightest, wait = nil, 1, 0
local states, used = {}, {}
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * ${NUMBERS_PER_CHARGE + 1}
  local form, a, b, c = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local left, one = 0, 0
  if form == 'bucket' then
    -- Never longer than an empty bucket takes: its clock may have been set back, or be that of another server.
    local full = math.min(math.max(tonumber(redis.call('GET', key) or '0'), now), now + a * b)
    left = math.max(0, math.floor(b - (full - now) / a + 0.000001))
    one = full - now - (b - 1) * a
    states[i] = full
  elseif form == 'window' then
    local slot, sum = math.floor(now / b), 0
    local counts = {}
    local fields = redis.call('HGETALL', key)
    for f = 1, #fields, 2 do
      local s = tonumber(fields[f])
      if s > slot then
        -- Of a clock that was set back: as if it had been now.
        redis.call('HDEL', key, fields[f])
        redis.call('HINCRBY', key, string.format('%d', slot), fields[f + 1])
        s = slot
      end
      if s < slot - ${WINDOW_SLOTS} then redis.call('HDEL', key, fields[f])
      else counts[#counts + 1] = { s, tonumber(fields[f + 1]) } sum = sum + tonumber(fields[f + 1]) end
    end
    left = math.max(0, a - sum)
    if left < 1 then
      table.sort(counts, function (x, y) return x[1] < y[1] end)
      local over = sum - a + 1
      for _, entry in ipairs(counts) do
        over = over - entry[2]
        one = (entry[1] + ${WINDOW_SLOTS + 1}) * b - now
        if over <= 0 then break end
      end
    end
    states[i] = slot
  elseif form == 'quota' then
    local count = math.max(tonumber(redis.call('GET', key) or '0'), b)
    left = math.max(0, a - count)
    one = c
    states[i] = count
    used[#used + 1] = count
  else
    local sum, own = others(key, process, ${LEASE_MILLISECONDS})
    own = between(own, b, c)
    left = a - sum - own
    one = 1000
    states[i] = own
  end
  if least == nil or left < least or (left < 1 and least < 1 and one > wait) then
    least, tightest, wait = left, i, one
  end
end
local allowed = least >= 1
for i, key in ipairs(KEYS) do
  local at = 2 + (i - 1) * ${NUMBERS_PER_CHARGE + 1}
  local form, a, b, c = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local idle = 0
  if form == 'bucket' and allowed then
    local full = states[i] + a
    idle = full - now
    redis.call('SET', key, string.format('%.17g', full), 'PX', math.max(1, math.ceil(idle)))
  elseif form == 'window' and allowed then
    idle = (states[i] + ${WINDOW_SLOTS + 1}) * b - now
    redis.call('HINCRBY', key, string.format('%d', states[i]), 1)
    redis.call('PEXPIRE', key, math.ceil(idle))
  elseif form == 'quota' and allowed then
    idle = c
    redis.call('SET', key, string.format('%d', states[i] + 1), 'PX', math.ceil(c) + 86400000)
  elseif form == 'concurrency' then
    tell(key, process, allowed and states[i] + 1 or states[i], ${LEASE_MILLISECONDS})
  end
  if allowed and i == tightest then wait = idle end
end
local answer = { allowed and 1 or 0, tightest - 1, math.max(0, math.floor(least)), math.max(0, math.ceil(wait)) }
for _, count in ipairs(used) do answer[#answer + 1] = allowed and count + 1 or count end
return answer
`);

/**
 * KEYS: where something is under way. ARGV: this process, for how long its word is good, how many it knows to be under way,
 * how many it has asked for besides, and how many have just ended.
 */
export const TELL = script(`${NOW}${UNDER_WAY}
local process, lease = ARGV[1], tonumber(ARGV[2])
local _, own = others(KEYS[1], process, lease)
tell(KEYS[1], process, between(own - tonumber(ARGV[5]), tonumber(ARGV[3]), tonumber(ARGV[4])), lease)
return 1
`);

/**
 * KEYS: one sorted set. ARGV: this process, milliseconds after which one that says nothing is gone. Returns how many there
 * are. Who was here later than now was here before the clock was set back, and says so again if he still is.
 */
export const HERE_I_AM = script(`${NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.17g', now), '+inf')
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]))
return redis.call('ZCARD', KEYS[1])
`);

export const SCRIPTS: readonly RedisScript[] = [TAKE, TELL, HERE_I_AM];

/** Braces: all keys of a tenant are kept in one place, also where Redis is a cluster. */
export function redisKey({ limit, subject }: Charge, at: number): string {
  const period = limit.form === 'quota' ? ` ${periodOf(limit.per ?? 'day', at).name}` : '';
  return `gatehouse:{${limit.tenantId}}:${limit.key}\n${subject}${period}`;
}

export interface KnownHere {
  /** Of a quota: how much was used as far as this process knows, in case Redis has forgotten. */
  used: number;
  /** Of what is under way: how many here for certain, and how many were asked for before this one and are not answered. */
  underWay: number;
  asked: number;
}

export function takeArguments(charge: Charge, known: KnownHere, at: number): (string | number)[] {
  const { form, requests, perSeconds, burst, per = 'day' } = charge.limit;
  const numbers = {
    bucket: () => [(perSeconds * 1000) / requests, burst, 0],
    window: () => [requests, (perSeconds * 1000) / WINDOW_SLOTS, 0],
    quota: () => [requests, known.used, Math.max(1, periodOf(per, at).end - at)],
    concurrency: () => [requests, known.underWay, known.asked],
  };
  return [form, ...numbers[form]()];
}
