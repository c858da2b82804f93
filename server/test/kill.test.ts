/** kill -9 of the program, of its database, and of both, while keys are issued: what was acknowledged is there afterwards. */
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { serversOn } from './process-tree.ts';
import { type Program, startProgram } from './running-program.ts';

const WRITERS = 4;

let upstream: EchoUpstream;
let program: Program;
/** Keys that the program has answered with, in all rounds. */
const acknowledged = new Map<string, string>();
/** And those that it has confirmed to be revoked. */
const revoked = new Set<string>();

beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
});
afterAll(async () => {
  await program?.remove();
  await upstream?.close();
});

/** Issues keys, and revokes every fourth, until told to stop. An error acknowledges nothing. */
function startWriting(): { stop: () => Promise<void> } {
  let writing = true;
  const writers = Array.from({ length: WRITERS }, async () => {
    for (let turn = 1; writing; turn += 1) {
      try {
        const { id, key } = await program.issueKey({ plan: 'plenty' });
        acknowledged.set(id, key);
        if (turn % 4 === 0) {
          await program.admin('POST', `/keys/${id}/revoke`, {});
          revoked.add(id);
        }
      } catch {
        await wait(10);
      }
    }
  });
  return {
    stop: async () => {
      writing = false;
      await Promise.all(writers);
    },
  };
}

/** How the gateway judges every key that was ever acknowledged, against what was acknowledged. */
async function misjudged(): Promise<string[]> {
  const wrong: string[] = [];
  for (const [id, key] of acknowledged) {
    const response = await fetch(`${program.gatewayUrl}/things/one`, { headers: { 'x-api-key': key } });
    await response.body?.cancel();
    // A revocation that broke off may or may not have been done.
    if (revoked.has(id) ? response.status !== 401 : ![200, 401].includes(response.status)) wrong.push(id);
    if (!revoked.has(id) && response.status === 401 && !(await isRevoked(id))) wrong.push(id);
  }
  return wrong;
}

async function isRevoked(id: string): Promise<boolean> {
  const answer = await program.call('GET', `/keys/${id}`);
  return answer.status === 200 && ((await answer.json()) as { revokedAt: number | null }).revokedAt !== null;
}

test.runIf(process.platform === 'linux').each(['program', 'database', 'both', 'program'])(
  'kill -9 of the %s',
  { timeout: 120_000 },
  async (victim) => {
    const { folder, ports } = program;
    const [issuedBefore, revokedBefore] = [acknowledged.size, revoked.size];
    const writing = startWriting();
    await program.until(
      () => acknowledged.size > issuedBefore + 10 && revoked.size > revokedBefore + 1,
      'keys are issued and revoked',
    );
    await wait(randomInt(10, 300));
    const databasePid = program.databasePid();
    if (victim !== 'database') program.kill('SIGKILL');
    if (victim !== 'program') process.kill(databasePid, 'SIGKILL');
    if (victim === 'database') {
      // The program lives on with a new server, and meanwhile the gateway answers from memory.
      const [known = ''] = acknowledged.values();
      const headers = { 'x-api-key': known };
      expect((await fetch(`${program.gatewayUrl}/things/one`, { headers })).status).toBe(200);
      const lost = acknowledged.size;
      await program.until(() => acknowledged.size > lost + 5, 'keys are issued again');
      await writing.stop();
      expect(program.databasePid()).not.toBe(databasePid);
    } else {
      await writing.stop();
      await program.ended();
      program = await startProgram({ folder, ports });
    }
    expect(serversOn(program.dataFolder)).toHaveLength(1);
    expect(await misjudged()).toEqual([]);
    expect(await program.cli('audit', 'verify')).toMatchObject({ code: 0 });
  },
);

test('many were acknowledged', () => {
  expect(acknowledged.size).toBeGreaterThan(40);
  expect(revoked.size).toBeGreaterThan(4);
});
