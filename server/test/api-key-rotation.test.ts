/** Must show 7: API keys are rotated while their holders go on calling, on two gateways. No call fails. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EchoUpstream, startEchoUpstream } from './echo-upstream.ts';
import { everyKind } from './every-kind.ts';
import { type Program, startProgram } from './running-program.ts';

/** Some here; API_KEY_ROTATIONS=200 runs as many. */
const ROTATIONS = Number(process.env.API_KEY_ROTATIONS ?? 12);
const HOLDERS = 4;
const OVERLAP_SECONDS = 30;

let upstream: EchoUpstream;
let program: Program;
let second: Program;
beforeAll(async () => {
  upstream = await startEchoUpstream();
  program = await startProgram();
  await program.admin('POST', '/apply', everyKind(upstream.url));
  second = await startProgram({ folder: program.folder, role: 'gateway', issuer: program.issuer });
});
afterAll(async () => {
  await second?.stop();
  await program?.remove();
  await upstream?.close();
});

test('keys are rotated under load, and no call fails', { timeout: 60_000 + ROTATIONS * 2_000 }, async () => {
  const holders = await Promise.all(Array.from({ length: HOLDERS }, () => program.issueKey()));
  const failures: string[] = [];
  let calls = 0;
  let stopped = false;
  const call = async (url: string, key: string, what: string) => {
    const answer = await fetch(`${url}/things/one`, { headers: { 'x-api-key': key } });
    calls += 1;
    if (answer.status !== 200) failures.push(`${what}: ${answer.status} ${await answer.text()}`);
    else await answer.body?.cancel();
  };
  const callers = holders.flatMap((holder) =>
    [program, second].map(async ({ gatewayUrl }) => {
      while (!stopped) await call(gatewayUrl, holder.key, 'under way');
    }),
  );
  for (let round = 0; round < ROTATIONS; round += 1) {
    const holder = holders[round % HOLDERS];
    if (holder === undefined) throw new TypeError('there are some');
    const { id, key } = await program.admin('POST', `/keys/${holder.id}/rotate`, { overlapSeconds: OVERLAP_SECONDS });
    // As soon as it is told, it counts here.
    await call(program.gatewayUrl, String(key), 'told just now');
    const before = holder.key;
    // Elsewhere within the time in which the change is heard; whoever rotates puts the new one into use in his own time.
    await wait(100);
    Object.assign(holder, { id: String(id), key: String(key) });
    await call(second.gatewayUrl, before, 'the old one, within the overlap');
  }
  stopped = true;
  await Promise.all(callers);
  process.stdout.write(`${ROTATIONS} rotations, ${calls} calls: ${failures.length} failures\n`);
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(ROTATIONS * 4);
});
