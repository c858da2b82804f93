import { type Logger, oneAtATime } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import { placeOfSecret, UPSTREAM_SECRET_TOPIC, type UpstreamSecretTables } from './secret-table.ts';

/** The values, opened, in the memory of a process that forwards. */
export interface UpstreamSecrets {
  /** undefined also when one of these origins is none that it was set for. */
  secretOf(tenantId: string, upstream: string, name: string, origins: readonly string[]): string | undefined;
  close(): void;
}

export interface UpstreamSecretMemoryDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'open'>;
  log: Logger;
}

interface Secret {
  value: string;
  origins: ReadonlySet<string> | undefined;
}

/** Reads all, and again whenever one changes: there are a few, and they change rarely. */
export async function openUpstreamSecrets({ store, keyring, log }: UpstreamSecretMemoryDeps): Promise<UpstreamSecrets> {
  let values = new Map<string, Secret>();
  // One after another, so that an older answer never overwrites a newer one.
  const inTurn = oneAtATime();
  const load = () =>
    inTurn(async () => {
      const rows = await store.transaction(
        { system: true },
        (tx) => tx.withTables<UpstreamSecretTables>().selectFrom('upstream_secrets').selectAll().execute(),
        { readOnly: true },
      );
      const next = new Map<string, Secret>();
      for (const { tenant_id: tenantId, upstream, name, sealed, origins } of rows) {
        try {
          const place = placeOfSecret({ tenantId, upstream, name }, origins);
          next.set(key(tenantId, upstream, name), {
            value: keyring.open(sealed, place).toString(),
            origins: origins === null ? undefined : new Set(origins.split(' ')),
          });
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
    secretOf(tenantId, upstream, name, wanted) {
      const found = values.get(key(tenantId, upstream, name));
      if (found === undefined) return undefined;
      const { value, origins } = found;
      return origins === undefined || wanted.every((origin) => origins.has(origin)) ? value : undefined;
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** No name holds a space. */
function key(tenantId: string, upstream: string, name: string): string {
  return `${tenantId} ${upstream} ${name}`;
}
