import { GatehouseError } from '#base';
import type { Store, Tx } from '#store';
import { relationsErrors } from '../errors.ts';
import { openQueryScope } from './evaluate/open-scope.ts';
import { PartialGraph } from './graph/partial-graph.ts';
import { RELATION_LIMITS } from './limits.ts';
import { compileModel } from './model/compile-model.ts';
import { loadParts } from './storage/load-parts.ts';
import { findModel, modelNotFound } from './storage/models.ts';
import { findStore } from './storage/stores.ts';
import type { ModelRules, ModelScope } from './store-graph.ts';
import { isUlid } from './ulid.ts';

interface Place {
  tenantId: string;
  storeId: string;
}

/** What a question to a large store is about: where, and under which model. */
export interface LargeQuestion {
  modelId: string | undefined;
  /** The state must not be older. */
  revision: number;
}

/**
 * A store that does not fit in memory. Each question is asked of the part of its graph that is at hand, first of nothing at
 * all; what it looked for in vain is read from the database, and it is asked again, until it finds everything it looks for.
 * That takes one statement for each hop, all in one snapshot, so the answer is from one state: the newest.
 */
export class LargeStore {
  readonly #store: Pick<Store, 'transaction'>;
  readonly #place: Place;
  readonly #rules = new Map<string, Promise<ModelRules>>();

  constructor({ store }: { store: Pick<Store, 'transaction'> }, place: Place) {
    this.#store = store;
    this.#place = place;
  }

  /**
   * @param work pure and repeatable: it may be done several times
   * @throws what the work throws; `authorization_model_resolution_too_complex` when it needs too much of the graph
   */
  answer<T>({ modelId, revision }: LargeQuestion, work: (scope: ModelScope) => T): Promise<T> {
    return this.#read(async (tx) => {
      const row = await findStore(tx, this.#place.tenantId, this.#place.storeId);
      if (row === undefined) throw relationsErrors.store_id_not_found();
      if (row.revision < revision) throw relationsErrors.relations_behind();
      const rules = await this.#rulesIn(tx, modelId);
      const graph = new PartialGraph();
      let tuplesLeft: number = RELATION_LIMITS.tuplesReadMax;
      for (let read = 0; read < RELATION_LIMITS.readsMax; read += 1) {
        const outcome = attempt(() => work({ ...openQueryScope(graph, rules), modelId: rules.modelId }));
        const wanted = graph.takeWanted();
        if (wanted === undefined) return outcome();
        tuplesLeft -= await loadParts(tx, this.#place, graph, wanted);
        if (tuplesLeft < 0) break;
      }
      throw relationsErrors.authorization_model_resolution_too_complex();
    });
  }

  /** @throws `authorization_model_not_found`, `latest_authorization_model_not_found` */
  rules(modelId: string | undefined): Promise<ModelRules> {
    return this.#read((tx) => this.#rulesIn(tx, modelId));
  }

  #read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { tenantId } = this.#place;
    return this.#store.transaction({ tenantId }, work, { readOnly: true, isolation: 'repeatable read' });
  }

  async #rulesIn(tx: Tx, modelId: string | undefined): Promise<ModelRules> {
    if (modelId !== undefined && !isUlid(modelId)) throw modelNotFound(modelId);
    const known = modelId === undefined ? undefined : this.#rules.get(modelId);
    if (known !== undefined) return known;
    const stored = await findModel(tx, { ...this.#place, id: modelId });
    if (stored === undefined) {
      throw modelId === undefined ? relationsErrors.latest_authorization_model_not_found() : modelNotFound(modelId);
    }
    const compiled =
      this.#rules.get(stored.id) ?? compileModel(stored).then((rules) => ({ ...rules, modelId: stored.id }));
    // Models never change, and of a store few are in use: starting anew is cheaper to get right than evicting.
    if (this.#rules.size >= RELATION_LIMITS.modelsCompiledMax) this.#rules.clear();
    this.#rules.set(stored.id, compiled);
    compiled.catch(() => this.#rules.delete(stored.id));
    return compiled;
  }
}

/** An error may come from what is not there yet as much as an answer: neither counts before everything is. */
function attempt<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code === 'authorization_model_resolution_too_complex') throw error;
    return () => {
      throw error;
    };
  }
}
