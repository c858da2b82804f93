import type { Clock } from '#base';
import type { ResourceSnapshot } from '#resources';
import type { Store } from '#store';
import { ACCESS_TOKEN_TTL_SECONDS_MAX } from '../clients/api-schema.ts';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { ClientSpec } from '../clients/client-schema.ts';
import type { FeedKind, RevocationFeed } from './revocation-feed.ts';

export interface FeedSourcesDeps {
  store: Pick<Store, 'changes'>;
  clock: Clock;
  clients: ClientDirectory;
}

/** Topic of the room below: a key was issued, changed or ended. */
const API_KEY_TOPIC = 'api_key';
/** Long enough for whoever reads the feed at all: it is news and nothing else. */
const NEWS_MILLISECONDS = 300_000;

/**
 * What ends tokens here without being a revocation: a client that is no more, and API keys, which stand for themselves. This
 * process asks its own memory with every token; those who verify elsewhere must be told.
 */
export function followFeedSources(
  { store, clock, clients }: FeedSourcesDeps,
  feed: RevocationFeed,
  snapshot: Pick<ResourceSnapshot<ClientSpec>, 'onChange' | 'all'>,
): () => void {
  const publish = (kind: FeedKind, tenantId: string, id: string, milliseconds: number) => {
    const now = clock.now();
    feed.publish({ tenantId, kind, id, beforeAt: now, expiresAt: now + milliseconds });
  };
  const stopKeys = store.changes.subscribe([API_KEY_TOPIC], (changes) => {
    for (const { tenantId, id } of changes) publish('api_key', tenantId, id, NEWS_MILLISECONDS);
    feed.expire(clock.now());
  });
  // Before the directory takes the change over, so that both states can be compared.
  const stopClients = snapshot.onChange((tenantIds) => {
    for (const tenantId of tenantIds) {
      const resourceIds = new Set(snapshot.all(tenantId).map(({ id }) => id));
      for (const { id, resourceId } of clients.clientsOf(tenantId)) {
        if (!resourceIds.has(resourceId)) publish('client', tenantId, id, ACCESS_TOKEN_TTL_SECONDS_MAX * 1000);
      }
    }
  });
  return () => {
    stopKeys();
    stopClients();
  };
}
