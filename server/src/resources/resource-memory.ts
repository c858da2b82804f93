import type { Kind } from './kind.ts';
import type { Resource } from './resource.ts';

export interface StoredKey {
  tenantId: string;
  kind: string;
  name: string;
}

/** Which kinds changed, for each tenant. */
export type Touched = ReadonlyMap<string, ReadonlySet<string>>;

/** Resources of some kinds, by kind, tenant and name. Changed within one turn, so that nobody ever sees half a change. */
export class ResourceMemory {
  readonly #kinds: ReadonlyMap<string, Map<string, Map<string, Resource>>>;

  constructor(kinds: readonly Kind[]) {
    this.#kinds = new Map(kinds.map(({ kind }) => [kind, new Map()]));
  }

  tenant(kind: string, tenantId: string): ReadonlyMap<string, Resource> | undefined {
    return this.#kinds.get(kind)?.get(tenantId);
  }

  /** Tenants that have at least one resource of the kind. */
  tenants(kind: string): string[] {
    return [...(this.#kinds.get(kind)?.keys() ?? [])];
  }

  /** Takes `found` as all there is of `keys`: what was not found is gone. */
  update(keys: Iterable<StoredKey>, found: readonly Resource[]): Touched {
    const left = new Map([...keys].map((key) => [storedKey(key), key]));
    const touched = new Map<string, Set<string>>();
    for (const resource of found) {
      this.#put(resource);
      touch(touched, resource);
      left.delete(storedKey(resource));
    }
    for (const key of left.values()) {
      this.#remove(key);
      touch(touched, key);
    }
    return touched;
  }

  /** Takes `found` as all there is. */
  replace(found: readonly Resource[]): Touched {
    const known: StoredKey[] = [];
    for (const tenants of this.#kinds.values())
      for (const resources of tenants.values()) for (const resource of resources.values()) known.push(resource);
    return this.update(known, found);
  }

  /** What did not change stays the same object: whatever was made of it can be used again. */
  #put(resource: Resource): void {
    const tenants = this.#kinds.get(resource.kind);
    if (tenants === undefined) return;
    const resources = tenants.get(resource.tenantId) ?? new Map<string, Resource>();
    tenants.set(resource.tenantId, resources);
    const known = resources.get(resource.name);
    if (known?.id !== resource.id || known.version !== resource.version) resources.set(resource.name, resource);
  }

  #remove({ tenantId, kind, name }: StoredKey): void {
    const tenants = this.#kinds.get(kind);
    const resources = tenants?.get(tenantId);
    resources?.delete(name);
    if (resources?.size === 0) tenants?.delete(tenantId);
  }
}

function touch(touched: Map<string, Set<string>>, { tenantId, kind }: StoredKey): void {
  const kinds = touched.get(tenantId) ?? new Set<string>();
  touched.set(tenantId, kinds.add(kind));
}

/** No id, kind or name holds a space. */
export function storedKey({ tenantId, kind, name }: StoredKey): string {
  return `${tenantId} ${kind} ${name}`;
}
