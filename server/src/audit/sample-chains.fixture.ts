import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { systemPrincipal, systemRandom } from '#base';
import { fixedClock, openSecondStore, openTestStore, testLogger } from '#testing';
import { checkpointFile } from './checkpoint-file.ts';
import { auditMigrations } from './migrations.ts';
import { recordEvent } from './record-event.ts';
import { verifyAudit } from './verify-audit.ts';
import { writeCheckpoints } from './write-checkpoints.ts';

export type SampleChain = Awaited<ReturnType<Awaited<ReturnType<typeof openSampleChains>>['written']>>;

/** A database to write chains into, and a way to tamper with them. */
export async function openSampleChains() {
  const clock = fixedClock();
  const keyring = {
    mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest(),
  };
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'));
  const store = await openTestStore([auditMigrations]);
  const url = store.database.ownerUrl ?? store.database.url;
  /** The same database, entered as whoever owns it. */
  const owned = await openSecondStore({ ...store, database: { kind: 'url', url } }, [auditMigrations]);
  let tenantCount = 0;

  /** A tenant with so many events, checkpoints after some of them, and a witness file of its own. */
  async function written(events: number, checkpointsAt: readonly number[] = []) {
    tenantCount += 1;
    const tenantId = `ten_${tenantCount}`;
    const path = join(folder, `${tenantId}.jsonl`);
    const deps = { store, keyring, witness: checkpointFile(path), clock, log: testLogger() };
    const event = { tenantId, type: 'route.updated', actor: systemPrincipal(tenantId, 'test') } as const;
    const add = (count: number) =>
      store.transaction({ tenantId }, async (tx) => {
        for (let n = 0; n < count; n += 1) {
          const target = { type: 'route', id: `rte_${n}` };
          await recordEvent(tx, { clock, random: systemRandom }, { ...event, target });
        }
      });
    let done = 0;
    for (const at of [...checkpointsAt, events]) {
      await add(at - done);
      done = at;
      if (checkpointsAt.includes(at)) await writeCheckpoints(deps, { all: true });
    }
    return { tenantId, path, deps, add, verify: () => verifyAudit(deps, { tenantId }) };
  }

  /** As whoever owns the database: past roles, policies and triggers. */
  const tamper = (...statements: RawBuilder<unknown>[]) =>
    owned.transaction({ system: true }, async (tx) => {
      await sql`set local role none`.execute(tx);
      await sql`set local session_replication_role = replica`.execute(tx);
      for (const statement of statements) await statement.execute(tx);
    });

  const close = async () => {
    await owned.close();
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { clock, store, written, tamper, close };
}
