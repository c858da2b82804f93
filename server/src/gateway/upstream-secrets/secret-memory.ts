import { type Logger, oneAtATime } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import { placeOfSecret, UPSTREAM_SECRET_TOPIC, type UpstreamSecretTables } from './secret-table.ts';

/** The values, opened, in the memory of a process that forwards. */
export interface UpstreamSecrets {
  secretOf(tenantId: string, upstream: string, name: string): string | undefined;
  close(): void;
}

export interface UpstreamSecretMemoryDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'open'>;
  log: Logger;
}

/** Reads all, and again whenever one changes: there are a few, and they change rarely. */
export async function openUpstreamSecrets({ store, keyring, log }: UpstreamSecretMemoryDeps): Promise<UpstreamSecrets> {
  let values = new Map<string, string>();
  // One after another, so that an older answer never overwrites a newer one.
  const inTurn = oneAtATime();
  const load = () =>
    inTurn(async () => {
      const rows = await store.transaction(
        { system: true },
        (tx) => tx.withTables<UpstreamSecretTables>().selectFrom('upstream_secrets').selectAll().execute(),
        { readOnly: true },
      );
      const next = new Map<string, string>();
      for (const { tenant_id: tenantId, upstream, name, sealed } of rows) {
        try {
          next.set(
            key(tenantId, upstream, name),
            keyring.open(sealed, placeOfSecret({ tenantId, upstream, name })).toString(),
          );
        } catch (err) {
          log.error(
            { err, upstream, secret: name },
            'a secret of an upstream can not be opened; requests there are refused',
          );
        }
      }
      values = next;
    });
  const stops = [store.changes.subscribe([UPSTREAM_SECRET_TOPIC], load), store.changes.onResync(load)];
  await load();
  return {
    secretOf: (tenantId, upstream, name) => values.get(key(tenantId, upstream, name)),
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** No name holds a space. */
function key(tenantId: string, upstream: string, name: string): string {
  return `${tenantId} ${upstream} ${name}`;
}
