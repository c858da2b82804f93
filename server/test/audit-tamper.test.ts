/** `gatehouse audit verify` tells when the owner of the database, whom nothing stops, has touched the log. */
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Program, startProgram } from './running-program.ts';

const KEYS = 30;

let program: Program;

beforeAll(async () => {
  program = await startProgram();
  for (let index = 0; index < KEYS; index += 1) await program.issueKey({ name: `key-${index}` });
  // Restarting writes a checkpoint for every chain, in the database and beside it.
  const { folder, ports } = program;
  expect(await program.stop()).toEqual({ code: 0, signal: null });
  program = await startProgram({ folder, ports });
  await asOwner('create schema kept');
  for (const table of TABLES) await asOwner(`create table kept.${table} as table ${table}`);
});
afterAll(() => program?.remove());
afterEach(async () => {
  for (const table of TABLES) {
    await asOwner(`delete from ${table}`);
    await asOwner(`insert into ${table} select * from kept.${table}`);
  }
  expect(await verify()).toMatchObject({ ok: true });
});

const TABLES = ['audit_events', 'audit_heads', 'audit_checkpoints'];

/** As someone who knows about triggers and row-level security, and has the rights. */
function asOwner(statement: string): Promise<pg.QueryResult> {
  return program.asOwner(async (client) => {
    await client.query('set session_replication_role = replica');
    return client.query(statement);
  });
}

interface Report {
  ok: boolean;
  events: number;
  problems: Problem[];
}

const verify = async () => (await program.admin('POST', '/audit/verify', {})) as unknown as Report;

/** What a person or a script sees. */
async function verifyCommand() {
  const { code, stdout } = await program.cli('audit', 'verify');
  return { code, stdout };
}

interface Problem {
  sequence: number;
  kind: string;
}

test('untouched, it is whole', async () => {
  const { ok, events, problems } = await verify();
  expect({ ok, problems }).toEqual({ ok: true, problems: [] });
  expect(events).toBeGreaterThan(KEYS);
  expect(await verifyCommand()).toEqual({ code: 0, stdout: `The chain is whole: ${events} events.\n` });
});

describe('one event is changed', () => {
  const EVENT = 17;
  test.each<[what: string, change: string]>([
    ['one byte of its text', `body = overlay(body placing 'X' from position('key-' in body) for 1)`],
    ['one space more in its text', `body = body || ' '`],
    ['who did it, in the column that is searched', `actor_id = 'usr_somebody'`],
    ['what was done, in the column that is searched', `type = 'api_key.revoked'`],
    ['when', 'at = at + 1'],
    ['its hash', `hash = set_byte(hash, 0, (get_byte(hash, 0) + 1) % 256)`],
    ['its text, with a hash that fits it', `body = body || ' ', hash = sha256(body::bytea)`],
  ])('%s: exit code 1, and its sequence', async (_what, change) => {
    const { rowCount } = await asOwner(`update audit_events set ${change} where sequence = ${EVENT}`);
    expect(rowCount).toBe(1);
    expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: EVENT, kind: 'edited' }] });
    expect(await verifyCommand()).toEqual({ code: 1, stdout: expect.stringContaining(`event ${EVENT}: `) });
  });
});

test('an event is removed from the middle', async () => {
  await asOwner('delete from audit_events where sequence = 11');
  expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: 11, kind: 'removed' }] });
});

test('an event is removed and those after it move up', async () => {
  await asOwner('delete from audit_events where sequence = 11');
  await asOwner('update audit_events set sequence = -sequence where sequence > 11');
  await asOwner('update audit_events set sequence = -sequence - 1 where sequence < 0');
  expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: 11 }] });
});

describe('the newest ten events are deleted', () => {
  const remove = async () => {
    const { rows } = await asOwner('select max(sequence) as last from audit_events');
    const last = Number(rows[0]?.last);
    await asOwner(`delete from audit_events where sequence > ${last - 10}`);
    return last - 10;
  };
  const rewind = (left: number) =>
    asOwner(
      `update audit_heads set sequence = ${left}, hash = (select hash from audit_events where sequence = ${left})`,
    );

  test('and nothing else', async () => {
    const left = await remove();
    expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: left + 1, kind: 'truncated' }] });
    expect(await verifyCommand()).toEqual({ code: 1, stdout: expect.stringContaining(`event ${left + 1}: `) });
  });

  test('and the head is rewound', async () => {
    const left = await remove();
    await rewind(left);
    expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: left + 1, kind: 'truncated' }] });
    expect(await verifyCommand()).toEqual({ code: 1, stdout: expect.stringContaining(`event ${left + 1}: `) });
  });

  test('and the head is rewound and the checkpoints in the database go: the ones beside it remember', async () => {
    const left = await remove();
    await rewind(left);
    await asOwner(`delete from audit_checkpoints where sequence > ${left}`);
    expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: left + 1, kind: 'truncated' }] });
    expect(await verifyCommand()).toEqual({ code: 1, stdout: expect.stringContaining(`event ${left + 1}: `) });
  });
});

test('everything is deleted, as if the log had never begun', async () => {
  for (const table of TABLES) await asOwner(`delete from ${table}`);
  expect(await verify()).toMatchObject({ ok: false, problems: [{ sequence: 1, kind: 'truncated' }] });
});

test('a checkpoint is forged', async () => {
  await asOwner(`update audit_checkpoints set mac = repeat('A', 43)`);
  expect(await verify()).toMatchObject({ ok: false, problems: [{ kind: 'checkpoint_forged' }] });
});

test('the program itself, should it be tricked into any SQL, can not do any of it', async () => {
  const { rows } = await program.asOwner((client) =>
    client.query(`select table_name, privilege_type from information_schema.role_table_grants
      where table_name in ('audit_events', 'audit_checkpoints') and grantee <> 'gatehouse'
        and privilege_type not in ('SELECT', 'INSERT')`),
  );
  expect(rows).toEqual([]);
});
