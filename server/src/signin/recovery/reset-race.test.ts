/** A sign-in and a reset at the same moment: whatever comes first, nobody is in with the old password afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMailbox, tokenOf } from '../email-proof/mailbox.fixture.ts';
import { viewFlow } from '../flow/answer-step.ts';
import { resolveSession } from '../resolve-session.ts';
import { openPasswordSignIn } from '../sign-in-with-password.ts';
import { device, tenantId } from '../signin.fixture.ts';
import { createSignInThrottle } from '../throttle/sign-in-throttle.ts';
import { requestRecovery } from './request-recovery.ts';
import { resetPassword } from './reset-password.ts';

const OLD = 'violet kettle marches north';
const NEW = 'a wholly new passphrase';
/** Many more on demand. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 15);
let room: Awaited<ReturnType<typeof openMailbox>>;
let count = 0;
beforeAll(async () => {
  room = await openMailbox();
});
afterAll(() => room?.close());

async function linkFor(email: string): Promise<string> {
  count += 1;
  await requestRecovery(room.deps, { tenantId, email, address: `198.51.100.${count % 250}`, locale: 'en' });
  return tokenOf(await room.deliver());
}
const reset = (token: string) => resetPassword(room.deps, { tenantId, token, password: NEW, device });
const signIn = (email: string, afterVerifying: () => Promise<unknown> = async () => undefined) => {
  const passwords = {
    ...room.passwords,
    async verifyPassword(stored: string, password: string) {
      const verified = await room.passwords.verifyPassword(stored, password);
      await afterVerifying();
      return verified;
    },
  };
  const deps = { ...room.deps, passwords, throttle: createSignInThrottle(room.deps) };
  return openPasswordSignIn(deps)({ tenantId, email, password: OLD, device });
};

test('a password that was right when it was looked at, and reset before the session began', async () => {
  await room.addUser('between@example.com', OLD);
  const token = await linkFor('between@example.com');
  await expect(signIn('between@example.com', () => reset(token))).rejects.toMatchObject({ code: 'sign_in_failed' });
});

test(`${ROUNDS} times at once: no session outlives the password it began with`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const email = `race${round}@example.com`;
    await room.addUser(email, OLD);
    const link = await linkFor(email);
    const [signedIn, done] = await Promise.allSettled([signIn(email), reset(link)]);
    expect(done.status).toBe('fulfilled');
    if (signedIn.status !== 'fulfilled') continue;
    expect(await resolveSession(room.deps, { tenantId, token: signedIn.value.token })).toBeUndefined();
  }
});

test('a sign-in that waits for its second step ends with the password it began with', async () => {
  await room.addUser('waiting@example.com', OLD, ['administrator']);
  const begun = await signIn('waiting@example.com');
  if (begun.kind !== 'flow') throw new TypeError(begun.kind);
  expect((await viewFlow(room.deps, { tenantId, token: begun.token }))?.step).toBe('enrol');
  await reset(await linkFor('waiting@example.com'));
  expect(await viewFlow(room.deps, { tenantId, token: begun.token })).toBeUndefined();
});
