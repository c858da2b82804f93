import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chainHash, genesisHash } from './chain.ts';
import { signCheckpoint } from './checkpoint.ts';
import { openSampleChains } from './sample-chains.fixture.ts';
import { verifyAudit } from './verify-audit.ts';
import { writeCheckpoints } from './write-checkpoints.ts';

let chains: Awaited<ReturnType<typeof openSampleChains>>;
beforeAll(async () => {
  chains = await openSampleChains();
});
afterAll(() => chains.close());

describe('an untouched log is whole', () => {
  test.for([
    ['empty', 0, []],
    ['without a checkpoint', 5, []],
    ['with checkpoints', 30, [1, 12, 30]],
    ['longer than a page', 1203, [500, 501, 1100]],
  ] as const)('%s', async ([, events, checkpointsAt]) => {
    const { tenantId, verify } = await chains.written(events, checkpointsAt);
    const checkpoints = checkpointsAt.length;
    expect(await verify()).toEqual({ ok: true, tenantId, events, checkpoints, witnessed: checkpoints });
  });

  test('also while it grows and gets checkpoints', async () => {
    const { add, deps, verify } = await chains.written(10, [10]);
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

test('as many checkpoints as a busy year has are no trouble', async () => {
  const { deps, tenantId } = await chains.written(5);
  const hash = 'ab'.repeat(32);
  const witness = {
    ...deps.witness,
    async *read() {
      for (let sequence = 6; sequence <= 150_005; sequence += 1)
        yield signCheckpoint(deps.keyring, { tenantId, sequence, hash, at: 0 });
    },
  };
  expect(await verifyAudit({ ...deps, witness }, { tenantId })).toMatchObject({
    problem: { kind: 'truncated', message: expect.stringContaining('6 to 150005') },
  });
});

describe('tampering is found, at the first event it touches', () => {
  const of = (tenantId: string, sequence: number) => sql`tenant_id = ${tenantId} and sequence = ${sequence}`;
  let foreign = '';
  beforeAll(async () => {
    foreign = (await chains.written(3)).tenantId;
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
    const { tenantId, verify } = await chains.written(20, [5, 20]);
    expect(await verify()).toMatchObject({ ok: true });
    await chains.tamper(...statements(tenantId));
    expect(await verify()).toMatchObject({ ok: false, problem: { kind, sequence, message: expect.any(String) } });
  });

  test('a chain written anew from some event on, in itself perfect', async () => {
    const { tenantId, verify } = await chains.written(20, [5, 12, 20]);
    const { rows } = await chains.store.transaction({ tenantId }, (tx) =>
      sql<{ sequence: number; body: string; hash: Buffer }>`select * from audit_events order by sequence`.execute(tx),
    );
    let hash = genesisHash(tenantId);
    const forged = rows.map(({ sequence, body }) => {
      const other = sequence === 8 ? body.replace(/"evt_./, '"evt_7') : body;
      hash = chainHash(hash, sequence, other);
      return { sequence, body: other, hash };
    });
    await chains.tamper(
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
  const { tenantId, verify } = await chains.written(20);
  await chains.tamper(
    sql`delete from audit_events where tenant_id = ${tenantId} and sequence > 10`,
    sql`update audit_heads h set sequence = 10, hash = (select hash from audit_events e where e.tenant_id = h.tenant_id and sequence = 10) where tenant_id = ${tenantId}`,
  );
  expect(await verify()).toMatchObject({ ok: true, events: 10, checkpoints: 0 });
});
