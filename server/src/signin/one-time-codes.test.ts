import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replaceRecoveryCodes, useRecoveryCode } from './factors/recovery-codes.ts';
import { toBase32 } from './factors/totp.ts';
import { beginTotp, confirmTotp, useTotpCode } from './factors/totp-credential.ts';
import { actor, device, openSignin, tenantId } from './signin.fixture.ts';

/** Invariant 3. Ten thousand by ONE_TIME_RACERS=10000; a few hundred find the same mistake sooner. */
const RACERS = Number(process.env.ONE_TIME_RACERS ?? 500);

let room: Awaited<ReturnType<typeof openSignin>>;
beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room.close());

async function race(use: () => Promise<boolean>): Promise<number> {
  let won = 0;
  // Waves of what the pool can hold waiting; each wave races in the database.
  for (let left = RACERS; left > 0; left -= 250) {
    const wave = await Promise.all(Array.from({ length: Math.min(left, 250) }, use));
    won += wave.filter((each) => each).length;
  }
  return won;
}

test(`of ${RACERS} uses of one recovery code one wins`, { timeout: 120_000 }, async () => {
  const user = await room.addUser('codes@example.com', undefined);
  const [code = ''] = await room.inTransaction((tx) => replaceRecoveryCodes(tx, room.deps, { user, actor }));
  const use = () => room.inTransaction((tx) => useRecoveryCode(tx, room.deps, { tenantId, userId: user.id, code }));
  expect(await race(use)).toBe(1);
});

test(`of ${RACERS} uses of one code of an app one wins`, { timeout: 120_000 }, async () => {
  const user = await room.addUser('app@example.com', undefined);
  const code = (secret: Buffer) =>
    generateSync({ secret: toBase32(secret), epoch: Math.floor(room.clock.now() / 1000) });
  const secret = await room.inTransaction((tx) => beginTotp(tx, room.deps, user));
  const set = await room.inTransaction((tx) => confirmTotp(tx, room.deps, { user, code: code(secret), device, actor }));
  expect(set).toBe(true);
  room.clock.advance(60_000);
  const which = { tenantId, userId: user.id, code: code(secret) };
  expect(await race(() => room.inTransaction((tx) => useTotpCode(tx, room.deps, which)))).toBe(1);
});
