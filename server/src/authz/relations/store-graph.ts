import type { Store } from '#store';
import { relationsErrors } from '../errors.ts';
import { openQueryScope } from './evaluate/open-scope.ts';
import type { QueryScope } from './evaluate/query.ts';
import { RELATION_LIMITS } from './limits.ts';
import { compileModel } from './model/compile-model.ts';
import { catchUpGraph, type LoadedGraph, loadGraph } from './storage/load-graph.ts';
import { findModel, modelNotFound } from './storage/models.ts';
import { isUlid } from './ulid.ts';
import type { TupleRules } from './validate-tuple.ts';

interface Deps {
  store: Pick<Store, 'transaction'>;
  /** Tuples of a store that is held in memory. */
  tuplesMax: number;
}

interface Place {
  tenantId: string;
  storeId: string;
}

/** What a model says, and which one it is. */
export interface ModelRules extends TupleRules {
  modelId: string;
}

/** A scope, and which model it is of. */
export type ModelScope = QueryScope & ModelRules;

/** One store in memory: its graph, kept current, and its models as they are asked for. */
export class StoreGraph {
  readonly #deps: Deps;
  readonly #place: Place;
  #loaded: LoadedGraph;
  #gone = false;
  #tooLarge = false;
  readonly #scopes = new Map<string, Promise<ModelScope>>();
  #newest: { modelCount: number; id: string | undefined } | undefined;
  /** One after the other, each from the revision that the one before reached. */
  #turn: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  private constructor(deps: Deps, place: Place, loaded: LoadedGraph) {
    this.#deps = deps;
    this.#place = place;
    this.#loaded = loaded;
  }

  /** Undefined when it is too large to be held in memory. @throws `store_id_not_found` */
  static async load(deps: Deps, place: Place): Promise<StoreGraph | undefined> {
    const loaded = isUlid(place.storeId) ? await loadGraph(deps, place) : undefined;
    if (loaded === undefined) throw relationsErrors.store_id_not_found();
    return loaded === 'too large' ? undefined : new StoreGraph(deps, place, loaded);
  }

  /** It has grown beyond what is to be held in memory. */
  get tooLarge(): boolean {
    return this.#tooLarge || this.#loaded.graph.tupleCount > this.#deps.tuplesMax;
  }

  get revision(): number {
    return this.#loaded.revision;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Takes in everything that was committed before this call. */
  refresh(): Promise<void> {
    // One that has not begun yet will see what this caller wants to be seen.
    if (this.#waiting !== undefined) return this.#waiting;
    const turn = this.#turn.then(() => {
      this.#waiting = undefined;
      return this.#catchUp();
    });
    this.#waiting = turn;
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /**
   * The graph under a model; under the newest when none is named.
   * @throws `authorization_model_not_found`, `latest_authorization_model_not_found`, `store_id_not_found`
   */
  async scope(modelId?: string): Promise<ModelScope> {
    if (this.#gone) throw relationsErrors.store_id_not_found();
    const id = modelId ?? (await this.#newestModel());
    if (!isUlid(id)) throw modelNotFound(id);
    const known = this.#scopes.get(id);
    const scope = known ?? this.#open(id);
    this.#scopes.delete(id);
    this.#scopes.set(id, scope);
    if (known !== undefined) return scope;
    const [oldest] = this.#scopes.keys();
    if (this.#scopes.size > RELATION_LIMITS.modelsCompiledMax && oldest !== undefined) this.#scopes.delete(oldest);
    scope.catch(() => this.#scopes.delete(id));
    return scope;
  }

  async #catchUp(): Promise<void> {
    const state = await catchUpGraph(this.#deps, this.#place, this.#loaded);
    if (state.kind === 'gone') {
      this.#gone = true;
      return;
    }
    if (state.kind === 'current') {
      const { revision, modelCount } = state;
      this.#loaded = { graph: this.#loaded.graph, revision, modelCount };
      return;
    }
    const loaded = await loadGraph(this.#deps, this.#place);
    if (loaded === undefined) this.#gone = true;
    else if (loaded === 'too large') this.#tooLarge = true;
    else this.#loaded = loaded;
    // Scopes are tied to the numbers of the graph before.
    this.#scopes.clear();
  }

  async #newestModel(): Promise<string> {
    const { modelCount } = this.#loaded;
    if (this.#newest?.modelCount !== modelCount) {
      const { tenantId } = this.#place;
      const model = await this.#deps.store.transaction({ tenantId }, (tx) => findModel(tx, this.#place), {
        readOnly: true,
      });
      this.#newest = { modelCount, id: model?.id };
    }
    const id = this.#newest?.id;
    if (id !== undefined) return id;
    throw relationsErrors.latest_authorization_model_not_found({
      message: `No authorization models found for store '${this.#place.storeId}'`,
    });
  }

  async #open(id: string): Promise<ModelScope> {
    const { graph } = this.#loaded;
    const { tenantId } = this.#place;
    const stored = await this.#deps.store.transaction({ tenantId }, (tx) => findModel(tx, { ...this.#place, id }), {
      readOnly: true,
    });
    if (stored === undefined) throw modelNotFound(id);
    const rules = await compileModel(stored);
    return { ...openQueryScope(graph, rules), modelId: id };
  }
}
