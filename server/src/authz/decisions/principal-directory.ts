import type { PrincipalType } from '#base';

/** A principal as the directory knows it. */
export interface KnownPrincipal {
  id: string;
  roles: readonly string[];
  /** Ids of the groups it is in, directly or through others. */
  groups?: readonly string[];
  organizationId?: string | undefined;
  /** False for somebody who was shut out: nothing is allowed to him. */
  active: boolean;
}

/** In which organization somebody is asked about. */
interface Place {
  /** Who does not belong to it stands outside of every organization; absent: where the person would act unasked. */
  organizationId?: string | undefined;
}

/** Who there is: what a decision for somebody else is made from. The directory is a room above, and passed in. */
export interface PrincipalDirectory {
  /** Those of them that are known, by id. */
  find(
    input: Place & {
      tenantId: string;
      type: PrincipalType;
      ids: readonly string[];
    },
  ): Promise<ReadonlyMap<string, KnownPrincipal>>;
  /** All of a type in the order of their ids, a page at a time. Empty for types that are not kept. */
  list(
    input: Place & {
      tenantId: string;
      type: PrincipalType;
      after?: string | undefined;
      limit: number;
    },
  ): Promise<readonly KnownPrincipal[]>;
}
