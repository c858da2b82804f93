import { type LeaderHandle, leadInRounds, type Store } from '#store';
import { type DeliverDeps, deliverNext } from './deliver.ts';
import { openLanes } from './lanes.ts';
import { type QueueDeliveriesDeps, queueDeliveries } from './queue-deliveries.ts';
import { WEBHOOK_TOPIC } from './tables.ts';
import { type Due, dueWebhooks, releaseTaken } from './take-turns.ts';

export type WebhookWorkerDeps = Omit<DeliverDeps, 'store'> &
  Omit<QueueDeliveriesDeps, 'store'> & { store: Pick<Store, 'transaction' | 'changes' | 'leader'> };

/** How soon a receiver hears of what happened. Where nobody declared a webhook, the first is waited for. */
const POLL_MILLISECONDS = 1_000;

/** The one process that holds the lock follows the audit chains and sends. Two that do it for a moment take different messages. */
export function startWebhookWorker(deps: WebhookWorkerDeps): LeaderHandle {
  return leadInRounds(deps, {
    name: 'webhooks',
    topics: [WEBHOOK_TOPIC],
    pollMilliseconds: POLL_MILLISECONDS,
    work: (signal, wake) => {
      const turn = (due: Due) =>
        deliverNext(deps, due, signal).catch((err: unknown) =>
          deps.log.error({ err, webhook: due.webhook }, 'a webhook lost its turn; it is tried again'),
        );
      const lanes = openLanes(turn, wake);
      return {
        begin: () => releaseTaken(deps),
        async round() {
          const read = await queueDeliveries(deps);
          if (read === 'nothing_to_follow') return read;
          const due = await dueWebhooks(deps);
          if (!signal.aborted) lanes.begin(due);
          return read;
        },
        end: () => lanes.idle(),
      };
    },
  });
}
