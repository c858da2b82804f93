import type { Logger } from '#base';
import type { ResourceSnapshot } from '#resources';
import type { PinnedScope } from '../relations/pinned-scopes.ts';
import type { RelationGraphs } from '../relations/relation-graphs.ts';
import type { FactSourceSpec } from './fact-source-kind.ts';
import type { TenantFacts } from './request-facts.ts';
import { type FactPlace, tenantFacts } from './tenant-facts.ts';

/** The relationships that policies see, of every tenant, kept in memory while a fact source names their store. */
export interface Facts {
  of(tenantId: string): TenantFacts;
  /** Where the entity types of a tenant have their relationships, for lists and explanations. */
  places(tenantId: string): ReadonlyMap<string, FactPlace>;
  /** Resolves when every store that was named so far is in memory, or could not be had. */
  ready(): Promise<void>;
  close(): void;
}

export interface FactsDeps {
  sources: Pick<ResourceSnapshot<FactSourceSpec>, 'all' | 'tenants' | 'onChange'>;
  relations: Pick<RelationGraphs, 'pin'>;
  log: Logger;
}

interface TenantState {
  pins: readonly PinnedScope[];
  places: ReadonlyMap<string, FactPlace>;
  facts: TenantFacts;
}

export function openFacts({ sources, relations, log }: FactsDeps): Facts {
  const tenants = new Map<string, TenantState>();

  const open = (tenantId: string): void => {
    const before = tenants.get(tenantId)?.pins ?? [];
    const pins: PinnedScope[] = [];
    const places = new Map<string, FactPlace>();
    for (const { name, spec } of sources.all(tenantId)) {
      const { store, model, types } = spec;
      const pin = relations.pin({ tenantId, storeId: store, modelId: model });
      pins.push(pin);
      pin.ready.then(() => {
        if (pin.current() === undefined) {
          log.error({ tenantId, source: name, store }, 'relationships that policies ask for can not be had');
        }
      });
      for (const [entityType, type] of Object.entries(types)) {
        places.set(entityType, { source: name, type, scope: () => pin.current() });
      }
    }
    tenants.set(tenantId, { pins, places, facts: tenantFacts(places) });
    // After the new ones are pinned, so that a store that stays is not loaded anew.
    for (const pin of before) pin.release();
  };

  for (const tenantId of sources.tenants()) open(tenantId);
  const stop = sources.onChange((tenantIds) => {
    for (const tenantId of tenantIds) open(tenantId);
  });
  return {
    of: (tenantId) => tenants.get(tenantId)?.facts ?? NONE.facts,
    places: (tenantId) => tenants.get(tenantId)?.places ?? NONE.places,
    async ready() {
      await Promise.all([...tenants.values()].flatMap(({ pins }) => pins.map((pin) => pin.ready)));
    },
    close() {
      stop();
      for (const { pins } of tenants.values()) for (const pin of pins) pin.release();
    },
  };
}

const NONE = { places: new Map<string, FactPlace>(), facts: tenantFacts(new Map()) };
