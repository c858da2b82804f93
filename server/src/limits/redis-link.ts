import type { Logger } from '#base';
import { type RedisScript, SCRIPTS, TELL } from './redis-scripts.ts';

/** A connection to Redis or Valkey that is asked only while it answers. */
export interface RedisLink {
  /** Does it answer, as far as is known? Nothing is sent while it does not. */
  readonly usable: boolean;
  /** Rejects when there is no answer in time, or the connection is lost. Never sends anything twice. */
  run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Answers that did not come in time. */
  readonly late: number;
  close(): void;
}

export interface RedisLinkOptions {
  url: string;
  /** How long an answer may take. */
  timeoutMilliseconds: number;
  log: Logger;
}

/**
 * After so many answers in a row that were late or an error, it is asked again only when it has answered a question that
 * nobody waits for. That question writes: a primary that has become a replica, or has no memory left, still answers PING.
 */
const FAILED_IN_A_ROW_MAX = 3;
const PROBE_MILLISECONDS = 250;
const PROBE: Parameters<RedisLink['run']> = [TELL, ['gatehouse:probe'], ['probe', 1_000, 1, 0, 0]];
/**
 * So long such a question goes without a good answer before there is another connection: who was at the other end of this
 * one may be gone without a word, or its name may mean another server by now.
 */
const RECONNECT_AFTER_MILLISECONDS = 1_000;
const RECONNECT_MILLISECONDS_MAX = 1_000;

export async function openRedisLink({ url, timeoutMilliseconds, log }: RedisLinkOptions): Promise<RedisLink> {
  // Loaded only where it is configured: it takes memory that others have no use for.
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    // What can't be asked now is decided without it: nothing waits in a queue, and nothing is sent twice.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 2_000,
    disconnectTimeout: 500,
    retryStrategy: (times) => Math.min(50 * times, RECONNECT_MILLISECONDS_MAX),
    enableAutoPipelining: true,
  });
  let connected = false;
  let failedInARow = 0;
  let late = 0;
  let closed = false;
  let connection = 0;
  redis.on('ready', async () => {
    const ours = ++connection;
    // What is asked for a second time, because Redis does not know the script, arrives behind what was asked for later, and
    // says what is under way as it was before that. Where scripts may not be loaded, that is how it is.
    await Promise.all(SCRIPTS.map(({ text }) => redis.script('LOAD', text))).catch(() => undefined);
    if (connection !== ours || closed) return;
    connected = true;
    failedInARow = 0;
    log.info('limits: Redis answers');
  });
  redis.on('close', () => {
    connection += 1;
    if (connected && !closed) log.warn('limits: the connection to Redis is lost');
    connected = false;
  });
  // The close event follows each of them, and tells all there is to tell.
  redis.on('error', () => undefined);

  let probing = false;
  /** Since when it has been asked in vain. */
  let inVainSince: number | undefined;
  const probe = setInterval(() => {
    if (!connected || failedInARow < FAILED_IN_A_ROW_MAX) {
      inVainSince = undefined;
      return;
    }
    const asked = performance.now();
    inVainSince ??= asked;
    if (asked - inVainSince > RECONNECT_AFTER_MILLISECONDS) {
      inVainSince = undefined;
      redis.disconnect(true);
      return;
    }
    if (probing) return;
    probing = true;
    evaluate(...PROBE)
      .then(
        () => {
          // Slow, and there all the same.
          inVainSince = undefined;
          if (performance.now() - asked > timeoutMilliseconds) return;
          failedInARow = 0;
          log.info('limits: Redis answers in time again');
        },
        () => undefined,
      )
      .finally(() => {
        probing = false;
      });
  }, PROBE_MILLISECONDS);
  probe.unref();

  async function evaluate({ sha, text }: RedisScript, keys: readonly string[], args: readonly (string | number)[]) {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      // It was restarted, or somebody flushed its scripts.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(text, keys.length, ...keys, ...args);
    }
  }

  return {
    get usable() {
      return connected && failedInARow < FAILED_IN_A_ROW_MAX;
    },
    get late() {
      return late;
    },
    run(script, keys, args) {
      return new Promise((resolve, reject) => {
        let open = true;
        const timer = setTimeout(() => {
          // An answer that has come while this process was busy is read before it is called late.
          setImmediate(() => {
            if (!open) return;
            open = false;
            late += 1;
            failedInARow += 1;
            if (failedInARow === FAILED_IN_A_ROW_MAX)
              log.warn('limits: Redis does not answer in time, and is not asked');
            reject(new TypeError('no answer in time'));
          });
        }, timeoutMilliseconds);
        const settle = (end: () => void) => {
          if (!open) return;
          open = false;
          clearTimeout(timer);
          end();
        };
        evaluate(script, keys, args).then(
          (answer) =>
            settle(() => {
              failedInARow = 0;
              resolve(answer);
            }),
          (error: unknown) =>
            settle(() => {
              failedInARow += 1;
              if (connected && failedInARow === FAILED_IN_A_ROW_MAX)
                log.warn({ err: error }, 'limits: Redis answers with errors, and is not asked');
              reject(error instanceof Error ? error : new TypeError(String(error)));
            }),
        );
      });
    },
    close() {
      closed = true;
      clearInterval(probe);
      redis.disconnect();
    },
  };
}
