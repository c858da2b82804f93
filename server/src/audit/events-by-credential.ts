import { LIMITS } from '#base';
import type { Store } from '#store';
import { type ListedAuditEvent, listEvents } from './list-events.ts';

export interface CredentialEvents {
  /** Newest first, at most {@link SHOWN_MAX}. */
  items: ListedAuditEvent[];
  /** How many there are, by type. */
  counts: { type: string; count: number }[];
  /** False when there was more than is shown, or looked at. */
  complete: boolean;
}

const SHOWN_MAX = 200;
/** Of one principal; some seconds of reading. */
const LOOKED_AT_MAX = 20_000;

/** What was changed in this house with one of these credentials, all of one principal's. */
export async function eventsByCredential(
  deps: { store: Pick<Store, 'transaction'> },
  input: {
    tenantId: string;
    organizationId?: string;
    actorId: string;
    credentialIds: readonly string[];
    from?: number;
  },
): Promise<CredentialEvents> {
  const { credentialIds, ...filter } = input;
  const wanted = new Set(credentialIds);
  const items: ListedAuditEvent[] = [];
  const counts = new Map<string, number>();
  let found = 0;
  let lookedAt = 0;
  let after: string | undefined;
  do {
    const cursor = after === undefined ? {} : { after };
    const page = await listEvents(deps, { ...filter, ...cursor, limit: LIMITS.pageSizeMax });
    lookedAt += page.items.length;
    for (const event of page.items) {
      if (!wanted.has(event.actor.credentialId)) continue;
      found += 1;
      counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
      if (items.length < SHOWN_MAX) items.push(event);
    }
    after = page.next;
  } while (after !== undefined && lookedAt < LOOKED_AT_MAX);
  return {
    items,
    counts: [...counts].map(([type, count]) => ({ type, count })).sort((one, other) => other.count - one.count),
    complete: after === undefined && found === items.length,
  };
}
