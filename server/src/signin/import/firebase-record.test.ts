import { expect, test } from 'vitest';
import { firebaseRecord } from './firebase-record.ts';

/** The example that Firebase publishes, in the form that its command line exports. */
const hashConfig = {
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: '8',
  memCost: '14',
};
const user = {
  localId: 'zVEHBbFMHzWLy4q1nHxVmYkNqSs1',
  email: 'user1@example.com',
  emailVerified: true,
  passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
  displayName: 'User One',
  lastSignedInAt: '1486324445000',
  createdAt: '1486324445000',
  disabled: false,
  providerUserInfo: [],
};

test('an exported person comes with what signs them in', async () => {
  const { user: read, passwordHash } = firebaseRecord.parse({ ...user, hashConfig });
  expect(read).toMatchObject({
    email: 'user1@example.com',
    emailVerified: true,
    name: 'User One',
    status: 'active',
    createdAt: 1_486_324_445_000,
  });
  expect(passwordHash).toMatchObject({ algorithm: 'firebase_scrypt', rounds: 8, memCost: 14 });
});

test('its API writes base64url', () => {
  const webSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
  const written = { ...user, salt: webSafe(user.salt), passwordHash: webSafe(user.passwordHash), hashConfig };
  expect(firebaseRecord.parse(written)).toEqual(firebaseRecord.parse({ ...user, hashConfig }));
});

test.each([
  ['signs in elsewhere', { passwordHash: undefined, salt: undefined, hashConfig: undefined }, undefined],
  ['is disabled', { disabled: true }, undefined],
  ['has a telephone only', { email: undefined }, /e-mail address/],
  ['comes without the parameters of the project', { hashConfig: undefined }, /--hash-config/],
  ['has parameters beyond every bound', { hashConfig: { ...hashConfig, memCost: '40' } }, /can’t be taken over/],
  ['has a hash that is none', { passwordHash: '!' }, /can’t be taken over/],
])('somebody who %s', (_, change, refused) => {
  const read = firebaseRecord.safeParse({ ...user, hashConfig, ...change });
  if (refused === undefined) expect(read.success).toBe(true);
  else expect(read.error?.issues[0]?.message).toMatch(refused);
  expect(JSON.stringify(read.error?.issues ?? [])).not.toContain('jxspr8');
});
