import type { Logger, Principal } from '#base';
import type { Store } from '#store';
import { type KeptLastUse, keepLastUses } from './record-key-usage.ts';

/** Uses of keys elsewhere than at the gateway: at the Admin API, and asked about by an API's own server. */
export interface KeyUseNotes {
  /** At once, in memory. Principals of credentials that are no key, nor made from one, are passed over. */
  note(principal: Principal, use: { at: number; address: string }): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Days are what unused keys are told by; a process that is killed loses no more than this. */
const FLUSH_MILLISECONDS = 2_000;
/** Keys noted between two flushes. Beyond, a use is noted the next time. */
const NOTED_MAX = 10_000;

/** Without it, a key that only administers, or is only introspected, would look unused, and be retired. */
export function openKeyUseNotes({
  store,
  log,
  flushMilliseconds = FLUSH_MILLISECONDS,
}: {
  store: Pick<Store, 'transaction'>;
  log: Logger;
  flushMilliseconds?: number;
}): KeyUseNotes {
  let noted = new Map<string, KeptLastUse>();
  let flushing = Promise.resolve();

  const write = async () => {
    if (noted.size === 0) return;
    const uses = [...noted.values()];
    noted = new Map();
    try {
      await store.transaction({ system: true }, (tx) => keepLastUses(tx, uses));
    } catch (err) {
      log.warn({ err }, 'uses of API keys could not be kept; the next ones are');
    }
  };
  const flush = () => {
    flushing = flushing.then(write);
    return flushing;
  };
  const timer = setInterval(flush, flushMilliseconds);
  timer.unref();

  return {
    note({ tenantId, organizationId, credential }, { at, address }) {
      const id = credential.type === 'api_key' ? credential.id : credential.apiKeyId;
      if (id === undefined) return;
      const key = `${tenantId} ${id}`;
      const known = noted.get(key);
      if (known === undefined && noted.size >= NOTED_MAX) return;
      if (known !== undefined && known.at > at) return;
      noted.set(key, {
        tenant_id: tenantId,
        key_id: id,
        organization_id: organizationId ?? null,
        at,
        address,
        route: '',
      });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
