import type { Tx } from '#store';

/** What is asked of a room whose own tables name resources: which of these does something still use? */
export interface UsesInput {
  tenantId: string;
  resources: readonly { id: string; name: string }[];
  /** Milliseconds: what has expired by then uses nothing. */
  now: number;
}

/** One or more users of a resource. `by` as people read it, in the plural: `API keys`. */
export interface Use {
  name: string;
  by: string;
  count: number;
}

export type FindUses = (tx: Tx, input: UsesInput) => Promise<readonly Use[]>;
