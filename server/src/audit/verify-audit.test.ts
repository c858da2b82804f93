import { createHmac } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemPrincipal, systemRandom } from '#base';
import type { Store } from '#store';
import { fixedClock, openSecondStore, openTestStore, type TestStore, testLogger } from '#testing';
import { chainHash, genesisHash } from './chain.ts';
import { checkpointFile } from './checkpoint-file.ts';
import { auditMigrations } from './migrations.ts';
import { recordEvent } from './record-event.ts';
import { verifyAudit } from './verify-audit.ts';
import { startCheckpointer, writeCheckpoints } from './write-checkpoints.ts';

const clock = fixedClock();
const keyring = {
  mac: (purpose: string, data: string | Uint8Array) => createHmac('sha256', purpose).update(data).digest(),
};
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'));
let store: TestStore;
/** The same database, entered as whoever owns it. */
let owned: Store;
let tenantCount = 0;
beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
  const url = store.database.ownerUrl ?? store.database.url;
  owned = await openSecondStore({ ...store, database: { kind: 'url', url } }, [auditMigrations]);
});
afterAll(async () => {
  await owned.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** A tenant with so many events, checkpoints after some of them, and a witness file of its own. */
async function written(events: number, checkpointsAt: readonly number[] = []) {
  tenantCount += 1;
  const tenantId = `ten_${tenantCount}`;
  const path = join(folder, `${tenantId}.jsonl`);
  const deps = { store, keyring, witness: checkpointFile(path), clock, log: testLogger() };
  const add = (count: number) =>
    store.transaction({ tenantId }, async (tx) => {
      for (let n = 0; n < count; n += 1) {
        await recordEvent(
          tx,
          { clock, random: systemRandom },
          {
            tenantId,
            type: 'route.updated',
            actor: systemPrincipal(tenantId, 'test'),
            target: { type: 'route', id: `rte_${n}` },
          },
        );
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

describe('an untouched log is whole', () => {
  test.for([
    ['empty', 0, []],
    ['without a checkpoint', 5, []],
    ['with checkpoints', 30, [1, 12, 30]],
    ['longer than a page', 1203, [500, 501, 1100]],
  ] as const)('%s', async ([, events, checkpointsAt]) => {
    const { tenantId, verify } = await written(events, checkpointsAt);
    const checkpoints = checkpointsAt.length;
    expect(await verify()).toEqual({ ok: true, tenantId, events, checkpoints, witnessed: checkpoints });
  });

  test('also while it grows and gets checkpoints', async () => {
    const { add, deps, verify } = await written(10, [10]);
    const growing = (async () => {
      for (let n = 0; n < 20; n += 1) {
        await add(3);
        await writeCheckpoints(deps, { all: true });
      }
    })();
    for (let n = 0; n < 10; n += 1) expect(await verify()).toMatchObject({ ok: true });
    await growing;
    expect(await verify()).toMatchObject({ ok: true, events: 70 });
  });
});

describe('tampering is found, at the first event it touches', () => {
  const of = (tenantId: string, sequence: number) => sql`tenant_id = ${tenantId} and sequence = ${sequence}`;
  let foreign = '';
  beforeAll(async () => {
    foreign = (await written(3)).tenantId;
  });
  const cases: [string, string, number, (tenantId: string) => RawBuilder<unknown>[]][] = [
    [
      'one byte of a body',
      'edited',
      7,
      (t) => [sql`update audit_events set body = replace(body, 'rte_1', 'rte_2') where ${of(t, 7)}`],
    ],
    [
      'one byte of the first body',
      'edited',
      1,
      (t) => [sql`update audit_events set body = body || ' ' where ${of(t, 1)}`],
    ],
    ['a hash', 'edited', 7, (t) => [sql`update audit_events set hash = sha256('x') where ${of(t, 7)}`]],
    [
      'a body that is no JSON any more',
      'edited',
      7,
      (t) => [sql`update audit_events set body = 'x' where ${of(t, 7)}`],
    ],
    [
      'who did it, in the column only',
      'edited',
      7,
      (t) => [sql`update audit_events set actor_id = 'usr_other' where ${of(t, 7)}`],
    ],
    ['when, in the column only', 'edited', 7, (t) => [sql`update audit_events set at = at + 1 where ${of(t, 7)}`]],
    ['an event from the middle', 'removed', 7, (t) => [sql`delete from audit_events where ${of(t, 7)}`]],
    ['the first event', 'removed', 1, (t) => [sql`delete from audit_events where ${of(t, 1)}`]],
    [
      'an event, the others moved up',
      'edited',
      7,
      (t) => [
        sql`delete from audit_events where ${of(t, 7)}`,
        sql`update audit_events set sequence = -(sequence - 1) where tenant_id = ${t} and sequence > 7`,
        sql`update audit_events set sequence = -sequence where tenant_id = ${t} and sequence < 0`,
        sql`update audit_heads set sequence = sequence - 1 where tenant_id = ${t}`,
      ],
    ],
    [
      'two neighbours swapped',
      'reordered',
      7,
      (t) => [
        sql`update audit_events set sequence = -8 where ${of(t, 7)}`,
        sql`update audit_events set sequence = 7 where ${of(t, 8)}`,
        sql`update audit_events set sequence = 8 where ${of(t, -8)}`,
      ],
    ],
    [
      'two far apart swapped',
      'reordered',
      3,
      (t) => [
        sql`update audit_events set sequence = -18 where ${of(t, 3)}`,
        sql`update audit_events set sequence = 3 where ${of(t, 18)}`,
        sql`update audit_events set sequence = 18 where ${of(t, -18)}`,
      ],
    ],
    [
      'the newest ten gone',
      'truncated',
      11,
      (t) => [sql`delete from audit_events where tenant_id = ${t} and sequence > 10`],
    ],
    [
      'the newest ten gone, the head rewound to fit',
      'truncated',
      11,
      (t) => [
        sql`delete from audit_events where tenant_id = ${t} and sequence > 10`,
        sql`update audit_heads h set sequence = 10, hash = (select hash from audit_events e where e.tenant_id = h.tenant_id and sequence = 10) where tenant_id = ${t}`,
      ],
    ],
    [
      'the newest ten gone, the head rewound, the database’s checkpoints too',
      'truncated',
      11,
      (t) => [
        sql`delete from audit_events where tenant_id = ${t} and sequence > 10`,
        sql`update audit_heads h set sequence = 10, hash = (select hash from audit_events e where e.tenant_id = h.tenant_id and sequence = 10) where tenant_id = ${t}`,
        sql`delete from audit_checkpoints where tenant_id = ${t} and sequence > 10`,
      ],
    ],
    [
      'everything gone',
      'truncated',
      1,
      (t) => [
        sql`delete from audit_events where tenant_id = ${t}`,
        sql`delete from audit_heads where tenant_id = ${t}`,
        sql`delete from audit_checkpoints where tenant_id = ${t}`,
      ],
    ],
    ['the head rewound alone', 'edited', 20, (t) => [sql`update audit_heads set sequence = 3 where tenant_id = ${t}`]],
    ['the head’s hash', 'edited', 20, (t) => [sql`update audit_heads set hash = sha256('x') where tenant_id = ${t}`]],
    [
      'an event put on top without the head',
      'edited',
      21,
      (t) => [
        sql`insert into audit_events select tenant_id, organization_id, 21, hash, body, id, at, type, actor_id, target_type, target_id from audit_events where ${of(t, 20)}`,
      ],
    ],
    [
      'a checkpoint’s hash',
      'checkpoint_forged',
      20,
      (t) => [sql`update audit_checkpoints set hash = sha256('x') where ${of(t, 20)}`],
    ],
    [
      'a checkpoint’s signature',
      'checkpoint_forged',
      20,
      (t) => [sql`update audit_checkpoints set mac = 'AAAA' where ${of(t, 20)}`],
    ],
    [
      'another tenant’s event in its place',
      'edited',
      2,
      (t) => [
        sql`update audit_events set body = (select body from audit_events where tenant_id = ${foreign} and sequence = 2) where ${of(t, 2)}`,
      ],
    ],
  ];
  test.for(cases)('%s: %s', async ([, kind, sequence, statements]) => {
    const { tenantId, verify } = await written(20, [5, 20]);
    expect(await verify()).toMatchObject({ ok: true });
    await tamper(...statements(tenantId));
    expect(await verify()).toMatchObject({ ok: false, problem: { kind, sequence, message: expect.any(String) } });
  });

  test('a chain written anew from some event on, in itself perfect', async () => {
    const { tenantId, verify } = await written(20, [5, 12, 20]);
    const { rows } = await store.transaction({ tenantId }, (tx) =>
      sql<{ sequence: number; body: string; hash: Buffer }>`select * from audit_events order by sequence`.execute(tx),
    );
    let hash = genesisHash(tenantId);
    const forged = rows.map(({ sequence, body }) => {
      const other = sequence === 8 ? body.replace(/"evt_./, '"evt_7') : body;
      hash = chainHash(hash, sequence, other);
      return { sequence, body: other, hash };
    });
    await tamper(
      ...forged.map(
        ({ sequence, body, hash: to }) =>
          sql`update audit_events set body = ${body}, hash = ${to}, id = ${body}::jsonb->>'id' where tenant_id = ${tenantId} and sequence = ${sequence}`,
      ),
      sql`update audit_heads set hash = ${hash} where tenant_id = ${tenantId}`,
    );
    expect(forged[7]?.body).not.toBe(rows[7]?.body);
    expect(await verify()).toMatchObject({ ok: false, problem: { kind: 'rewritten', sequence: 6 } });
  });
});

test('without a checkpoint, a truncation with its head rewound can’t be seen: that is what checkpoints are for', async () => {
  const { tenantId, verify } = await written(20);
  await tamper(
    sql`delete from audit_events where tenant_id = ${tenantId} and sequence > 10`,
    sql`update audit_heads h set sequence = 10, hash = (select hash from audit_events e where e.tenant_id = h.tenant_id and sequence = 10) where tenant_id = ${tenantId}`,
  );
  expect(await verify()).toMatchObject({ ok: true, events: 10, checkpoints: 0 });
});

describe('the witness', () => {
  test('is a file for its owner alone, with one line for each checkpoint', async () => {
    const { path, tenantId } = await written(4, [2, 4]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(linesOf(path).filter((line) => line.tenantId === tenantId)).toMatchObject([
      { tenantId, sequence: 2 },
      { tenantId, sequence: 4 },
    ]);
  });

  test('that is lost leaves the database’s own checkpoints', async () => {
    const { path, tenantId, verify } = await written(20, [20]);
    rmSync(path);
    expect(await verify()).toMatchObject({ ok: true, witnessed: 0, checkpoints: 1 });
    await tamper(sql`delete from audit_events where tenant_id = ${tenantId} and sequence > 10`);
    expect(await verify()).toMatchObject({ problem: { kind: 'truncated', sequence: 11 } });
  });

  test('with a line that was edited is not believed; one that a crash cut says nothing', async () => {
    const { path, verify } = await written(4, [2, 4]);
    appendFileSync(path, '{"tenantId":"ten');
    expect(await verify()).toMatchObject({ ok: true, witnessed: 2 });
    writeFileSync(path, readFileSync(path, 'utf8').replace('"sequence":4', '"sequence":3'));
    expect(await verify()).toMatchObject({ ok: false, problem: { kind: 'checkpoint_forged' } });
  });

  test('goes on on a new line after one that was cut', async () => {
    const { path, add, deps, verify } = await written(2, [2]);
    appendFileSync(path, '{"cut');
    await add(1);
    await writeCheckpoints(deps, { all: true });
    expect(await verify()).toMatchObject({ ok: true, witnessed: 2 });
  });

  test('that can’t be written does not keep the database from having the checkpoint', async () => {
    const { deps, tenantId } = await written(2);
    const witness = { ...deps.witness, append: () => Promise.reject(new Error('disk full')) };
    await writeCheckpoints({ ...deps, witness }, { all: true });
    expect(await verifyAudit(deps, { tenantId })).toMatchObject({ ok: true, checkpoints: 1, witnessed: 0 });
  });
});

describe('checkpoints are written', () => {
  const mine = async ({ deps, tenantId }: Awaited<ReturnType<typeof written>>) =>
    (await writeCheckpoints(deps))
      .filter((checkpoint) => checkpoint.tenantId === tenantId)
      .map(({ sequence }) => sequence);

  test('after a hundred events, after ten seconds, and not when nothing happened', async () => {
    const chain = await written(1);
    expect(await mine(chain)).toEqual([1]);
    expect(await mine(chain)).toEqual([]);
    await chain.add(99);
    expect(await mine(chain)).toEqual([]);
    await chain.add(1);
    expect(await mine(chain)).toEqual([101]);
    await chain.add(1);
    clock.advance(9_999);
    expect(await mine(chain)).toEqual([]);
    clock.advance(1);
    expect(await mine(chain)).toEqual([102]);
  });

  test('when the program closes, for whatever is left', async () => {
    const chain = await written(3, [2]);
    const checkpointer = startCheckpointer(chain.deps);
    await checkpointer.close();
    expect(await chain.verify()).toMatchObject({ ok: true, checkpoints: 2, witnessed: 2 });
  });

  test('by two processes at once without harm', async () => {
    const chain = await written(3);
    await Promise.all([1, 2, 3].map(() => writeCheckpoints(chain.deps, { all: true })));
    expect(await chain.verify()).toMatchObject({ ok: true, checkpoints: 1 });
  });
});

function linesOf(path: string): { tenantId: string }[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}
