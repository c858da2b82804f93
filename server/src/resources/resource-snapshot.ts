import { sql } from 'kysely';
import { oneAtATime } from '#base';
import type { Store, Tx } from '#store';
import type { Kind } from './kind.ts';
import { builtInResource, type Resource, type ResourcesTables, toResource } from './resource.ts';
import { ResourceMemory, type StoredKey, storedKey, type Touched } from './resource-memory.ts';

/**
 * All resources of one kind, in memory, kept current by the change feed: what the data plane reads instead of the
 * database. Reading is synchronous and never fails.
 */
export interface ResourceSnapshot<Spec> {
  get(tenantId: string, name: string): Resource<Spec> | undefined;
  all(tenantId: string): readonly Resource<Spec>[];
  /** Tenants that have at least one resource of the kind stored. */
  tenants(): readonly string[];
  /** Called after each change, with the tenants concerned. Returns what ends it. */
  onChange(listener: (tenantIds: readonly string[]) => void): () => void;
  close(): void;
}

/** Several kinds that change together: what one transaction wrote is seen at once, or not yet. */
export interface ResourceSnapshots {
  of<Spec>(kind: Kind<Spec>): ResourceSnapshot<Spec>;
  /** Called once after each change of any of these kinds, with the tenants concerned. Returns what ends it. */
  onChange(kinds: readonly Kind[], listener: (tenantIds: readonly string[]) => void): () => void;
  close(): void;
}

type Deps = { store: Pick<Store, 'transaction' | 'changes'> };

/** What keeps coming while changes are read is read as well, so often at most before all of it is shown. */
const ROUNDS_MAX = 10;

/** Loads one kind and follows it. */
export async function openResourceSnapshot<Spec>(deps: Deps, kind: Kind<Spec>): Promise<ResourceSnapshot<Spec>> {
  const snapshots = await openResourceSnapshots(deps, [kind]);
  return { ...snapshots.of(kind), close: snapshots.close };
}

/** Loads the kinds and follows them. Changes that happen while they load are not lost: they are read after. */
export async function openResourceSnapshots({ store }: Deps, kinds: readonly Kind[]): Promise<ResourceSnapshots> {
  const memory = new ResourceMemory(kinds);
  const listeners = new Set<{ kinds: ReadonlySet<string>; call: (tenantIds: readonly string[]) => void }>();
  const inTurn = oneAtATime();
  let unread = new Map<string, StoredKey>();

  /** Everyone is told within one turn. One who fails keeps nobody else from hearing, and is told again by a resync. */
  const tell = (touched: Touched): void => {
    const failures: unknown[] = [];
    for (const { kinds: wanted, call } of listeners) {
      const tenantIds = [...touched].filter(([, changed]) => !wanted.isDisjointFrom(changed)).map(([id]) => id);
      if (tenantIds.length === 0) continue;
      try {
        call(tenantIds);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  };

  const readAll = () =>
    inTurn(async () => {
      const all = kinds.map(({ kind }) => kind);
      tell(memory.replace(await read(store, (tx) => select(tx).where('kind', 'in', all).execute())));
    });

  const readChanged = () =>
    inTurn(async () => {
      const keys = new Map<string, StoredKey>();
      const found = new Map<string, Resource>();
      for (let round = 0; round < ROUNDS_MAX && unread.size > 0; round += 1) {
        const asked = unread;
        unread = new Map();
        for (const [text, key] of asked) {
          keys.set(text, key);
          found.delete(text);
        }
        for (const resource of await read(store, (tx) => selectKeys(tx, [...asked.values()])))
          found.set(storedKey(resource), resource);
      }
      tell(memory.update(keys.values(), [...found.values()]));
    });

  const topics = new Map(kinds.map(({ kind }) => [`resource:${kind}`, kind]));
  const stops = [
    // The first takes down what changed, and takes no time; the second, while it reads, sees what else came.
    store.changes.subscribe([...topics.keys()], (changes) => {
      for (const { tenantId, topic, id: name } of changes) {
        const key = { tenantId, kind: topics.get(topic) ?? '', name };
        unread.set(storedKey(key), key);
      }
    }),
    store.changes.subscribe([...topics.keys()], readChanged),
    store.changes.onResync(readAll),
  ];
  await readAll();

  const onChange: ResourceSnapshots['onChange'] = (wanted, call) => {
    const entry = { kinds: new Set(wanted.map(({ kind }) => kind)), call };
    listeners.add(entry);
    return () => listeners.delete(entry);
  };
  return {
    of: (kind) => viewOf(memory, kind, onChange),
    onChange,
    close() {
      for (const stop of stops) stop();
      listeners.clear();
    },
  };
}

function viewOf<Spec>(
  memory: ResourceMemory,
  kind: Kind<Spec>,
  onChange: ResourceSnapshots['onChange'],
): ResourceSnapshot<Spec> {
  const stops: (() => void)[] = [];
  const stored = (tenantId: string) =>
    memory.tenant(kind.kind, tenantId) as ReadonlyMap<string, Resource<Spec>> | undefined;
  return {
    get(tenantId, name) {
      const spec = kind.builtIns.get(name);
      return (
        stored(tenantId)?.get(name) ?? (spec === undefined ? undefined : builtInResource(tenantId, kind, name, spec))
      );
    },
    all: (tenantId) => [
      ...(stored(tenantId)?.values() ?? []),
      ...[...kind.builtIns].map(([name, spec]) => builtInResource(tenantId, kind, name, spec)),
    ],
    tenants: () => memory.tenants(kind.kind),
    onChange(listener) {
      const stop = onChange([kind], listener);
      stops.push(stop);
      return stop;
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

type Rows = Awaited<ReturnType<ReturnType<typeof select>['execute']>>;

async function read(store: Pick<Store, 'transaction'>, work: (tx: Tx) => Promise<Rows>): Promise<Resource[]> {
  const rows = await store.transaction({ system: true }, work, { readOnly: true });
  return rows.map((row) => toResource(row));
}

function select(tx: Tx) {
  return tx.withTables<ResourcesTables>().selectFrom('resources').selectAll().orderBy('tenant_id').orderBy('name');
}

function selectKeys(tx: Tx, keys: readonly StoredKey[]): Promise<Rows> {
  const columns = (['tenantId', 'kind', 'name'] as const).map((column) => keys.map((key) => key[column]));
  const wanted = sql.join(columns.map((values) => sql`${values}::text[]`));
  return select(tx).where(sql<boolean>`(tenant_id, kind, name) in (select * from unnest(${wanted}))`).execute();
}
