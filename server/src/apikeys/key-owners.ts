import type { ApiKeyRow } from './api-key.ts';

/** For whom a key acts, and where: the same person may do one thing in one organization and another in the next. */
export interface OwnerPlace {
  tenantId: string;
  type: 'user' | 'service_account';
  id: string;
  /** The organization the key is confined to. */
  organizationId?: string;
}

/** What an owner may do there at present. */
export interface OwnerStanding {
  roles: readonly string[];
  groups: readonly string[];
}

/** What a key was given. */
export interface KeyRights {
  roles: readonly string[];
  scopes: readonly string[];
  /** Its owner gave them himself, so that they were his to give. */
  byOwner: boolean;
}

/** What must be known of those that keys act for, asked of the room that knows them. */
export interface KeyOwners {
  /** In the order of `places`: undefined for one who may not act there, or is no more. */
  standing(places: readonly OwnerPlace[]): Promise<readonly (OwnerStanding | undefined)[]>;
  /** What of a key's rights its owner still has. Asked in memory, while a request waits. */
  narrow(place: OwnerPlace, standing: OwnerStanding, key: KeyRights): Pick<KeyRights, 'roles' | 'scopes'>;
  /** Counts up whenever `narrow` may answer otherwise than before. */
  version(): number;
}

export function ownerPlaceOf(row: Pick<ApiKeyRow, 'tenant_id' | 'owner_type' | 'owner_id' | 'organization_id'>) {
  if (row.owner_type === null || row.owner_id === null) return undefined;
  const inside = row.organization_id === null ? {} : { organizationId: row.organization_id };
  return { tenantId: row.tenant_id, type: row.owner_type, id: row.owner_id, ...inside } satisfies OwnerPlace;
}

/** No id holds a space. */
export function placeKey({ tenantId, id, organizationId = '' }: OwnerPlace): string {
  return `${tenantId} ${id} ${organizationId}`;
}

const ASKED_AT_ONCE = 1_000;

/** The standing of every owner of a key, in memory. Those who may not act are known too, as undefined. */
export class OwnerStandings {
  readonly #owners: Pick<KeyOwners, 'standing'>;
  #known = new Map<string, { place: OwnerPlace; standing: OwnerStanding | undefined }>();

  constructor(owners: Pick<KeyOwners, 'standing'>) {
    this.#owners = owners;
  }

  get(key: string): OwnerStanding | undefined {
    return this.#known.get(key)?.standing;
  }

  /** Those of these that are not known yet. */
  async learn(places: readonly (OwnerPlace | undefined)[]): Promise<void> {
    await this.#ask(places.filter((place) => place !== undefined && !this.#known.has(placeKey(place))) as OwnerPlace[]);
  }

  /** Those that are known and concerned, anew. */
  async relearn(isConcerned: (place: OwnerPlace) => boolean): Promise<void> {
    await this.#ask([...this.#known.values()].map(({ place }) => place).filter(isConcerned));
  }

  /** All anew; who owns no key any more is forgotten. */
  async replace(places: Iterable<OwnerPlace>): Promise<void> {
    const all = new Map([...places].map((place) => [placeKey(place), place]));
    await this.#ask([...all.values()]);
    for (const key of this.#known.keys()) if (!all.has(key)) this.#known.delete(key);
  }

  /** Somebody who is gone may do nothing from this very tick on. */
  forget(isConcerned: (place: OwnerPlace) => boolean): void {
    for (const [key, { place }] of this.#known)
      if (isConcerned(place)) this.#known.set(key, { place, standing: undefined });
  }

  async #ask(places: readonly OwnerPlace[]): Promise<void> {
    for (let start = 0; start < places.length; start += ASKED_AT_ONCE) {
      const some = places.slice(start, start + ASKED_AT_ONCE);
      const standings = await this.#owners.standing(some);
      for (const [index, place] of some.entries())
        this.#known.set(placeKey(place), { place, standing: standings[index] });
    }
  }
}
