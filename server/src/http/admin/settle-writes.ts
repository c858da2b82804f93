import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Store } from '#store';

/** The write stands already. Without the feed it takes effect here a little later, which is better than no answer. */
const SETTLE_MILLISECONDS_MAX = 1_000;
/** A credential whose first use is refused looks like a wrong one. Without the feed it is given out all the same: it is shown once. */
const ISSUED_MILLISECONDS_MAX = 15_000;
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A write takes effect in this process before it is answered: the key that was just issued is accepted, the one that was
 * revoked is not, the route that was applied is there. Other processes hear of it within milliseconds.
 */
export function settleWrites(
  server: FastifyInstance,
  { store }: { store: { changes: Pick<Store['changes'], 'caughtUp'> } },
): void {
  server.addHook('onSend', async (request, reply) => {
    if (READING.has(request.method) || reply.statusCode >= 400) return;
    const enough = new AbortController();
    const settled = store.changes.caughtUp().catch((err: unknown) => {
      request.log.warn({ err }, 'a write was answered before it took effect here');
    });
    const most = request.routeOptions.config.issues === true ? ISSUED_MILLISECONDS_MAX : SETTLE_MILLISECONDS_MAX;
    const tooLong = wait(most, undefined, { signal: enough.signal, ref: false });
    await Promise.race([settled, tooLong.catch(() => undefined)]);
    enough.abort();
  });
}
