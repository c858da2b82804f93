import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditMigrations } from '../../server/src/audit/audit.ts';
import {
  answerCheck,
  createRelationStore,
  openRelationGraphs,
  readDsl,
  relationsMigrations,
  writeConsistencyToken,
  writeModel,
  writeTuples,
} from '../../server/src/authz/authz.ts';
import {
  createLogger,
  DEFAULT_TENANT_ID,
  systemClock,
  systemPrincipal,
  systemRandom,
} from '../../server/src/base/base.ts';
import { openStore, type Store } from '../../server/src/store/store.ts';
import { quantile } from './measure-checks.ts';
import { MODEL, sizeFor, tuplesOf } from './sample-graph.ts';

const tenantId = DEFAULT_TENANT_ID;
const actor = systemPrincipal(tenantId, 'bench');
const ROWS = 1_000;
const WRITES = 200;

export interface ReplicaTimes {
  tuples: number;
  /** Reading all tuples of the store from the database into memory. */
  loadSeconds: number;
  /** From the answer to a write until the other replica says so too, unasked. */
  visibleMilliseconds: { p50: number; p99: number };
  /** A check on the other replica with the token of a write, sent at once. */
  tokenMilliseconds: { p50: number; p99: number };
}

/** Two replicas, each with its own connections to one database, and a store that both hold in memory. */
export async function timeReplicas(tuples: number): Promise<ReplicaTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-relations-'));
  chmodSync(folder, 0o755);
  const open = () =>
    openStore({
      database: { kind: 'embedded', dataFolder: join(folder, 'data'), attach: true },
      migrations: [auditMigrations, relationsMigrations],
      clock: systemClock,
      random: systemRandom,
      log: createLogger({ level: 'silent' }),
    });
  const here = await open();
  try {
    const there = await open();
    try {
      return await timeBetween(here, there, tuples);
    } finally {
      await there.close();
    }
  } finally {
    await here.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeBetween(here: Store, there: Store, wanted: number): Promise<ReplicaTimes> {
  const deps = { store: here, clock: systemClock, random: systemRandom };
  const { id: storeId } = await createRelationStore(deps, { tenantId, actor, name: 'bench' });
  await writeModel(deps, { tenantId, storeId, actor, model: await readDsl(MODEL) });
  const tuples = await fill(here, storeId, wanted);
  const [own, other] = [openRelationGraphs({ store: here }), openRelationGraphs({ store: there })];
  try {
    const place = { tenantId, storeId };
    const begun = performance.now();
    const scope = await other.answer(place, (each) => each);
    const loadSeconds = (performance.now() - begun) / 1000;
    const rules = await own.rules(place);
    const [visible, token]: [number[], number[]] = [[], []];
    for (let round = 0; round < WRITES; round += 1) {
      const key = { user: `user:newcomer-${round}`, relation: 'viewer', object: 'document:doc-1' };
      const revision = await writeTuples(deps, rules, { ...place, actor, writes: [key], deletes: [] });
      const written = performance.now();
      if (round % 2 === 0) {
        while (!answerCheck(scope, key, {})) await new Promise(setImmediate);
        visible.push(performance.now() - written);
      } else {
        const consistencyToken = writeConsistencyToken(storeId, revision);
        const seen = await other.answer({ ...place, consistencyToken }, (each) => answerCheck(each, key, {}));
        if (!seen) throw new Error('a check with the token of a write did not see it');
        token.push(performance.now() - written);
      }
    }
    return { tuples, loadSeconds, visibleMilliseconds: spread(visible), tokenMilliseconds: spread(token) };
  } finally {
    own.close();
    other.close();
  }
}

/** As an import would: the tuples themselves, without a change for each. */
async function fill(store: Store, storeId: string, wanted: number): Promise<number> {
  let rows: Record<string, string | number>[] = [];
  let count = 0;
  const flush = async () => {
    const values = rows;
    rows = [];
    count += values.length;
    await store.transaction({ tenantId }, (tx) =>
      tx
        .withTables<{ relation_tuples: Record<string, string | number> }>()
        .insertInto('relation_tuples')
        .values(values)
        .execute(),
    );
  };
  for (const { object, relation, user } of tuplesOf(sizeFor(wanted))) {
    const colon = object.indexOf(':');
    rows.push({
      tenant_id: tenantId,
      store_id: storeId,
      object_type: object.slice(0, colon),
      object_id: object.slice(colon + 1),
      relation,
      subject: user,
      written_at: 0,
    });
    if (rows.length === ROWS) await flush();
  }
  if (rows.length > 0) await flush();
  return count;
}

function spread(times: readonly number[]): { p50: number; p99: number } {
  const sorted = Float64Array.from(times).sort();
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
}
