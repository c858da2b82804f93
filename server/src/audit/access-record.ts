import type { Actor } from '#base';

/** One request at the gateway: who asked for what, what was decided, and what came of it. */
export interface AccessRecord {
  decisionId: string;
  tenantId: string;
  organizationId?: string | undefined;
  /** Milliseconds since the epoch. */
  at: number;
  principalType: string;
  principalId: string;
  credentialType: string;
  credentialId: string;
  /** The API key that the credential was made from, for the counts of keys alone: it is not kept with the record. */
  apiKeyId?: string | undefined;
  clientId?: string | undefined;
  /** Who acted for the principal (RFC 8693 §4.1), the current one first. Absent: the principal itself. */
  actors?: readonly AccessActor[] | undefined;
  /** The route's name, when one matched. */
  route?: string | undefined;
  method: string;
  path: string;
  status: number;
  allowed: boolean;
  reason: string;
  policies: readonly string[];
  /** What steps said of their outcome, beyond the reason: `validate: passed`. */
  notes?: string | undefined;
  upstream?: string | undefined;
  bytesIn: number;
  bytesOut: number;
  durationMicros: number;
  remoteAddress: string;
}

export interface AccessActor {
  id: string;
  /** The client whose token it showed, where that is another. */
  clientId?: string;
}

/** What the reason of a record begins with that tells of a token made from another credential; `decisionId` is its `jti`. */
export const TOKEN_EXCHANGED = 'token_exchanged';

/** As many as a token of ours can name. */
const ACTORS_MAX = 5;

/** The chain as a list. */
export function actorsOf(act: Actor): readonly AccessActor[] {
  const actors: AccessActor[] = [];
  for (let next: Actor | undefined = act; next !== undefined && actors.length < ACTORS_MAX; next = next.act) {
    actors.push({ id: next.sub, ...(next.clientId === undefined ? {} : { clientId: next.clientId }) });
  }
  return actors;
}
