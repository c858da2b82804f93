import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSampleChains, type SampleChain } from './sample-chains.fixture.ts';
import { verifyAudit } from './verify-audit.ts';
import { startCheckpointer, writeCheckpoints } from './write-checkpoints.ts';

let chains: Awaited<ReturnType<typeof openSampleChains>>;
beforeAll(async () => {
  chains = await openSampleChains();
});
afterAll(() => chains.close());

describe('checkpoints are written', () => {
  const mine = async ({ deps, tenantId }: SampleChain) =>
    (await writeCheckpoints(deps))
      .filter((checkpoint) => checkpoint.tenantId === tenantId)
      .map(({ sequence }) => sequence);

  test('after a hundred events, after ten seconds, and not when nothing happened', async () => {
    const chain = await chains.written(1);
    expect(await mine(chain)).toEqual([1]);
    expect(await mine(chain)).toEqual([]);
    await chain.add(99);
    expect(await mine(chain)).toEqual([]);
    await chain.add(1);
    expect(await mine(chain)).toEqual([101]);
    await chain.add(1);
    chains.clock.advance(9_999);
    expect(await mine(chain)).toEqual([]);
    chains.clock.advance(1);
    expect(await mine(chain)).toEqual([102]);
  });

  test('when the program closes, for whatever is left', async () => {
    const chain = await chains.written(3, [2]);
    const checkpointer = startCheckpointer(chain.deps);
    await checkpointer.close();
    expect(await chain.verify()).toMatchObject({ ok: true, checkpoints: 2, witnessed: 2 });
  });

  test('by two processes at once without harm', async () => {
    const chain = await chains.written(3);
    await Promise.all([1, 2, 3].map(() => writeCheckpoints(chain.deps, { all: true })));
    expect(await chain.verify()).toMatchObject({ ok: true, checkpoints: 1 });
  });
});
describe('the witness', () => {
  test('is a file for its owner alone, with one line for each checkpoint', async () => {
    const { path, tenantId } = await chains.written(4, [2, 4]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(linesOf(path).filter((line) => line.tenantId === tenantId)).toMatchObject([
      { tenantId, sequence: 2 },
      { tenantId, sequence: 4 },
    ]);
  });

  test('that is lost leaves the database’s own checkpoints', async () => {
    const { path, tenantId, verify } = await chains.written(20, [20]);
    rmSync(path);
    expect(await verify()).toMatchObject({ ok: true, witnessed: 0, checkpoints: 1 });
    await chains.tamper(sql`delete from audit_events where tenant_id = ${tenantId} and sequence > 10`);
    expect(await verify()).toMatchObject({ problem: { kind: 'truncated', sequence: 11 } });
  });

  test('with a line that was edited is not believed; one that a crash cut says nothing', async () => {
    const { path, verify } = await chains.written(4, [2, 4]);
    appendFileSync(path, '{"tenantId":"ten');
    expect(await verify()).toMatchObject({ ok: true, witnessed: 2 });
    writeFileSync(path, readFileSync(path, 'utf8').replace('"sequence":4', '"sequence":3'));
    expect(await verify()).toMatchObject({ ok: false, problem: { kind: 'checkpoint_forged' } });
  });

  test('goes on on a new line after one that was cut', async () => {
    const { path, add, deps, verify } = await chains.written(2, [2]);
    appendFileSync(path, '{"cut');
    await add(1);
    await writeCheckpoints(deps, { all: true });
    expect(await verify()).toMatchObject({ ok: true, witnessed: 2 });
  });

  test('that can’t be written does not keep the database from having the checkpoint', async () => {
    const { deps, tenantId } = await chains.written(2);
    const witness = { ...deps.witness, append: () => Promise.reject(new Error('disk full')) };
    await writeCheckpoints({ ...deps, witness }, { all: true });
    expect(await verifyAudit(deps, { tenantId })).toMatchObject({ ok: true, checkpoints: 1, witnessed: 0 });
  });
});

function linesOf(path: string): { tenantId: string }[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}
