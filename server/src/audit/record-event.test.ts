import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Principal, systemPrincipal, systemRandom } from '#base';
import { mintCredential } from '#keyring';
import { fixedClock, openTestStore, type TestStore } from '#testing';
import { chainHash, genesisHash } from './chain.ts';
import { listEvents } from './list-events.ts';
import { auditMigrations } from './migrations.ts';
import { type NewAuditEvent, recordEvent } from './record-event.ts';

const clock = fixedClock();
const source = { clock, random: systemRandom };
let store: TestStore;
let tenantCount = 0;
beforeAll(async () => {
  store = await openTestStore([auditMigrations]);
});
afterAll(() => store.close());

const newTenant = () => {
  tenantCount += 1;
  return `ten_${tenantCount}`;
};
const event = (tenantId: string, more: Partial<NewAuditEvent> = {}): NewAuditEvent => ({
  tenantId,
  type: 'route.updated',
  actor: systemPrincipal(tenantId, 'test'),
  target: { type: 'route', id: 'rte_1', name: 'weather' },
  ...more,
});
const write = (entry: NewAuditEvent) =>
  store.transaction({ tenantId: entry.tenantId }, (tx) => recordEvent(tx, source, entry));
const chain = async (tenantId: string) => {
  const { rows } = await store.transaction({ tenantId }, (tx) =>
    sql<{ sequence: number; hash: Buffer; body: string }>`select * from audit_events order by sequence`.execute(tx),
  );
  return rows;
};

test('a name that means something to JavaScript is written down like any other', async () => {
  const tenantId = newTenant();
  await write(event(tenantId, { detail: { changed: JSON.parse('{"__proto__": {"role": "administrator"}, "a": 1}') } }));
  const [row] = await chain(tenantId);
  expect(row?.body).toContain('"changed":{"__proto__":{"role":"administrator"},"a":1}');
});

test('events form the chain that chainHash describes, in the database’s own arithmetic', async () => {
  const tenantId = newTenant();
  await write(event(tenantId, { detail: { text: 'naïve “quotes” 😂 \\ \n', n: 1.5, list: [true, null] } }));
  await write(event(tenantId, { type: 'route.deleted' }));
  const rows = await chain(tenantId);
  let hash = genesisHash(tenantId);
  for (const [index, row] of rows.entries()) {
    hash = chainHash(hash, index + 1, row.body);
    expect(row).toMatchObject({ sequence: index + 1, hash });
  }
  expect(rows).toHaveLength(2);
});

test('an event is listed as it was recorded', async () => {
  const tenantId = newTenant();
  const actor: Principal = {
    ...systemPrincipal(tenantId, 'x'),
    type: 'user',
    id: 'usr_1',
    roles: ['admin'],
    credential: { type: 'access_token', id: 'tok_1', clientId: 'console' },
    act: { sub: 'cli_agent' },
  };
  await write(event(tenantId, { actor, detail: { changes: { from: 1, to: 2 } } }));
  const { items } = await listEvents({ store }, { tenantId });
  expect(items).toEqual([
    {
      sequence: 1,
      id: expect.stringMatching(/^evt_/),
      tenantId,
      at: clock.now(),
      type: 'route.updated',
      actor: {
        type: 'user',
        id: 'usr_1',
        credentialType: 'access_token',
        credentialId: 'tok_1',
        clientId: 'console',
        act: { sub: 'cli_agent' },
      },
      target: { type: 'route', id: 'rte_1', name: 'weather' },
      detail: { changes: { from: 1, to: 2 } },
    },
  ]);
});

test('an event is kept with the change it tells of, or not at all', async () => {
  const tenantId = newTenant();
  const failing = store.transaction({ tenantId }, async (tx) => {
    await recordEvent(tx, source, event(tenantId));
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await chain(tenantId)).toEqual([]);
  await write(event(tenantId));
  expect((await chain(tenantId)).map(({ sequence }) => sequence)).toEqual([1]);
});

test('sixty transactions at once make one chain without gaps', async () => {
  const tenantId = newTenant();
  await Promise.all(Array.from({ length: 60 }, (_, n) => write(event(tenantId, { detail: { n } }))));
  const rows = await chain(tenantId);
  expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  let hash = genesisHash(tenantId);
  for (const row of rows) {
    hash = chainHash(hash, row.sequence, row.body);
    expect(row.hash).toEqual(hash);
  }
});

test('what can’t stand in the database’s text is replaced, and the event is kept', async () => {
  const tenantId = newTenant();
  await write(
    event(tenantId, { target: { type: 'user', id: 'a\0b', name: 'x\ud800y' }, detail: { 'na\0me': ['\0'] } }),
  );
  const { items } = await listEvents({ store }, { tenantId });
  expect(items[0]?.target).toEqual({ type: 'user', id: 'a\ufffdb', name: 'x\ufffdy' });
  expect(items[0]?.detail).toEqual({ 'na\ufffdme': ['\ufffd'] });
});

test('secrets are blotted out, by the name of their field and by their form', async () => {
  const tenantId = newTenant();
  const secret = mintCredential('api_key', systemRandom);
  const detail = { password: 'hunter2', note: `sent ${secret} by mail`, nested: { client_secret: 'abc' } };
  await write(event(tenantId, { target: { type: 'api_key', id: 'key_1', name: secret }, detail }));
  const [row] = await chain(tenantId);
  expect(row?.body).not.toContain(secret);
  expect(JSON.parse(row?.body ?? '')).toMatchObject({
    target: { name: 'gh_live_[redacted]' },
    detail: {
      password: '[redacted]',
      note: 'sent gh_live_[redacted] by mail',
      nested: { client_secret: '[redacted]' },
    },
  });
});

test('an event that is too large is refused, and with it the change', async () => {
  const tenantId = newTenant();
  await expect(write(event(tenantId, { detail: { text: 'x'.repeat(70_000) } }))).rejects.toMatchObject({
    code: 'audit_event_too_large',
  });
  expect(await chain(tenantId)).toEqual([]);
});

describe('the program’s own roles can’t change what was written', () => {
  const statements = [
    sql`update audit_events set body = '{}'`,
    sql`delete from audit_events`,
    sql`truncate audit_events`,
    sql`delete from audit_heads`,
    sql`update audit_heads set sequence = sequence - 1`,
    sql`update audit_heads set sequence = sequence + 2`,
    sql`update audit_heads set hash = ''`,
    sql`update audit_checkpoints set mac = ''`,
    sql`delete from audit_checkpoints`,
    sql`alter table audit_events disable trigger all`,
    sql`drop table audit_events`,
  ];
  for (const scope of [{ tenantId: 'ten_kept' }, { system: true as const }]) {
    test.for(statements.map((statement, index) => [index, statement] as const))(
      `${'system' in scope ? 'system' : 'tenant'} scope, statement %i`,
      async ([, statement]) => {
        if ((await chain('ten_kept')).length === 0) await write(event('ten_kept'));
        const before = await chain('ten_kept');
        await expect(store.transaction(scope, (tx) => statement.execute(tx))).rejects.toMatchObject({ code: '42501' });
        expect(await chain('ten_kept')).toEqual(before);
      },
    );
  }
});

test('a tenant sees only its own events, an organization only its own', async () => {
  const [one, two] = [newTenant(), newTenant()];
  const inside = { tenantId: one, organizationId: 'org_1' };
  await write(event(one));
  await store.transaction(inside, (tx) => recordEvent(tx, source, event(one, { organizationId: 'org_1' })));
  await write(event(two));
  expect((await listEvents({ store }, { tenantId: one })).items).toHaveLength(2);
  expect((await listEvents({ store }, inside)).items).toMatchObject([{ organizationId: 'org_1', sequence: 2 }]);
  expect((await listEvents({ store }, { tenantId: two })).items).toHaveLength(1);
  const foreign = store.transaction({ tenantId: two }, (tx) => recordEvent(tx, source, event(one)));
  await expect(foreign).rejects.toMatchObject({ code: '42501' });
});

describe('listing', () => {
  const tenantId = 'ten_listing';
  beforeAll(async () => {
    for (let n = 1; n <= 7; n += 1) {
      const actor = { ...systemPrincipal(tenantId, 'x'), id: n % 2 === 0 ? 'usr_even' : 'usr_odd' };
      const target = { type: n < 4 ? 'route' : 'user', id: `t${n % 3}` };
      await write(event(tenantId, { type: n === 7 ? 'route.deleted' : 'route.updated', actor, target, detail: { n } }));
      clock.advance(1000);
    }
  });
  const start = clock.now();

  test.for([
    ['everything', {}, [7, 6, 5, 4, 3, 2, 1]],
    ['a type', { type: 'route.deleted' }, [7]],
    ['an actor', { actorId: 'usr_even' }, [6, 4, 2]],
    ['a target', { targetType: 'user', targetId: 't1' }, [7, 4]],
    ['a time', { from: start + 2000, to: start + 4000 }, [4, 3]],
    ['all at once', { type: 'route.updated', actorId: 'usr_odd', targetId: 't2', from: start }, [5]],
    ['nothing', { type: 'route.invented' }, []],
  ] as const)('%s', async ([, filter, expected]) => {
    const { items } = await listEvents({ store }, { tenantId, ...filter });
    expect(items.map(({ detail }) => detail?.n)).toEqual(expected);
  });

  test('pages follow one another, and do not shift when something new happens', async () => {
    const first = await listEvents({ store }, { tenantId, limit: 3 });
    expect(first).toMatchObject({ next: '5' });
    await write(event('ten_listing', { type: 'late.written' }));
    const second = await listEvents({ store }, { tenantId, limit: 3, after: first.next ?? '' });
    const third = await listEvents({ store }, { tenantId, limit: 3, after: second.next ?? '' });
    const seen = [first, second, third].flatMap(({ items }) => items.map(({ sequence }) => sequence));
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(third.next).toBeUndefined();
  });

  test.for(['', '0', '-1', 'x', '1.5', '99999999999999999999', '1; drop'])(
    'the cursor %j is refused',
    async (cursor) => {
      await expect(listEvents({ store }, { tenantId, after: cursor })).rejects.toMatchObject({
        code: 'audit_cursor_invalid',
      });
    },
  );
});
