import type { Change, Store } from '#store';
import { relationsErrors } from '../errors.ts';
import { readConsistencyToken } from './consistency-token.ts';
import { LargeStore } from './large-store.ts';
import { RELATION_LIMITS } from './limits.ts';
import { Pin, type PinnedScope } from './pinned-scopes.ts';
import { STORE_TOPIC } from './storage/stores.ts';
import { type ModelRules, type ModelScope, StoreGraph } from './store-graph.ts';

export interface ScopeInput {
  tenantId: string;
  storeId: string;
  /** The newest unless named. */
  modelId?: string | undefined;
  /** From the answer to a write: the state must not be older. */
  consistencyToken?: string | undefined;
  /** Wait until everything has been heard of that was committed before, by whichever process. */
  higherConsistency?: boolean | undefined;
}

/**
 * The stores that this process holds in memory, loaded when first asked for and kept current by the change feed; and those
 * that are too large for that, which are asked in the database.
 */
export interface RelationGraphs {
  /**
   * Does some work on what checks and lists are answered from.
   * @param work pure, synchronous and repeatable: for a store that is not in memory it may be done several times
   * @throws `store_id_not_found`, `authorization_model_not_found`, `latest_authorization_model_not_found`,
   *   `consistency_token_invalid`, `relations_behind`, and what the work throws
   */
  answer<T>(input: ScopeInput, work: (scope: ModelScope) => T): Promise<T>;
  /** What a model says, without any tuples. @throws as `answer` */
  rules(input: Pick<ScopeInput, 'tenantId' | 'storeId' | 'modelId'>): Promise<ModelRules>;
  /** Makes what this process itself just wrote visible here, if the store is in memory. */
  refresh(place: { tenantId: string; storeId: string }): Promise<void>;
  /** Keeps a store in memory, so that it can be asked without waiting. */
  pin(place: { tenantId: string; storeId: string; modelId?: string | undefined }): PinnedScope;
  close(): void;
}

export interface RelationGraphsDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  /** Tuples of a store that is held in memory. */
  tuplesMax?: number;
}

export function openRelationGraphs({
  store,
  tuplesMax = RELATION_LIMITS.tuplesInMemoryMax,
}: RelationGraphsDeps): RelationGraphs {
  const loaded = new Map<string, Promise<StoreGraph | LargeStore>>();
  const pins = new Map<string, Set<Pin>>();
  const keyOf = (tenantId: string, storeId: string) => `${tenantId}/${storeId}`;

  const load = async (place: { tenantId: string; storeId: string }): Promise<StoreGraph | LargeStore> =>
    (await StoreGraph.load({ store, tuplesMax }, place)) ?? new LargeStore({ store }, place);
  const open = (tenantId: string, storeId: string): Promise<StoreGraph | LargeStore> => {
    const key = keyOf(tenantId, storeId);
    const known = loaded.get(key);
    // Stands in the map before it reads anything, so that no change is missed that comes while it loads.
    const graph = known ?? load({ tenantId, storeId });
    loaded.delete(key);
    loaded.set(key, graph);
    if (known === undefined) {
      graph.catch(() => loaded.delete(key));
      const oldest = loaded.size > RELATION_LIMITS.storesLoadedMax ? firstUnpinned() : undefined;
      if (oldest !== undefined) loaded.delete(oldest);
    }
    return graph;
  };
  const firstUnpinned = () => loaded.keys().find((key) => !pins.has(key));
  const refresh = async (key: string): Promise<void> => {
    const graph = await loaded.get(key)?.catch(() => undefined);
    if (graph === undefined || graph instanceof LargeStore) return;
    await graph.refresh();
    if (graph.gone || graph.tooLarge) loaded.delete(key);
    for (const pin of pins.get(key) ?? []) {
      if (graph.gone) pin.drop();
      else await pin.update();
    }
  };

  const unsubscribe = store.changes.subscribe([STORE_TOPIC], async (changes: Change[]) => {
    const keys = new Set(changes.map(({ tenantId, id }) => keyOf(tenantId, id)));
    await Promise.all([...keys].map(refresh));
  });
  // Every change is kept under its revision, so whoever lost the thread takes it up where he was.
  const unsubscribeResync = store.changes.onResync(async () => {
    await Promise.all([...loaded.keys()].map(refresh));
  });

  return {
    async answer({ tenantId, storeId, modelId, consistencyToken, higherConsistency }, work) {
      const wanted = consistencyToken === undefined ? 0 : readConsistencyToken(consistencyToken, storeId);
      if (higherConsistency === true) await store.changes.caughtUp();
      const graph = await open(tenantId, storeId);
      if (graph instanceof LargeStore) return graph.answer({ modelId, revision: wanted }, work);
      if (graph.revision < wanted) await graph.refresh();
      if (graph.revision < wanted) throw relationsErrors.relations_behind();
      return work(await graph.scope(modelId));
    },
    async rules({ tenantId, storeId, modelId }) {
      const graph = await open(tenantId, storeId);
      return graph instanceof LargeStore ? graph.rules(modelId) : graph.scope(modelId);
    },
    refresh: ({ tenantId, storeId }) => refresh(keyOf(tenantId, storeId)),
    pin({ tenantId, storeId, modelId }) {
      const key = keyOf(tenantId, storeId);
      const pinned = pins.get(key) ?? new Set();
      pins.set(key, pinned);
      const pin = new Pin({
        open: async () => {
          const graph = await open(tenantId, storeId);
          return graph instanceof LargeStore ? undefined : graph;
        },
        modelId,
        onRelease: (released) => {
          pinned.delete(released);
          if (pinned.size === 0 && pins.get(key) === pinned) pins.delete(key);
        },
      });
      pinned.add(pin);
      return pin;
    },
    close() {
      unsubscribe();
      unsubscribeResync();
      loaded.clear();
    },
  };
}
