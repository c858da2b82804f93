import { hash } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import { cpuMilliseconds } from '#testing';
import { dummyVerify, hashPassword, verifyPassword } from './passwords.ts';

test('a password verifies against its own hash, which states today’s parameters', async () => {
  const stored = await hashPassword('correct horse battery staple');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(await verifyPassword(stored, 'correct horse battery staple')).toEqual({ ok: true, rehash: false });
});

test('the same password is stored differently each time', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
});

describe('refused', () => {
  test.for([
    ['another password', 'correct horse battery stapl'],
    ['another case', 'Correct horse battery staple'],
    ['a space behind', 'correct horse battery staple '],
    ['nothing', ''],
    ['longer than any', 'x'.repeat(1025)],
  ] as const)('%s', async ([, attempt]) => {
    const stored = await hash('correct horse battery staple');
    expect(await verifyPassword(stored, attempt)).toEqual({ ok: false, rehash: false });
  });

  test.for(['', 'plain', '$argon2id$', '$2b$10$abcdefghijklmnopqrstuv', '$argon2id$v=19$m=19456,t=2,p=1$$'])(
    'a stored value that is no hash: %j',
    async (stored) => {
      expect(await verifyPassword(stored, stored)).toEqual({ ok: false, rehash: false });
    },
  );

  test('too long to store', async () => {
    await expect(hashPassword('x'.repeat(1025))).rejects.toMatchObject({ code: 'password_too_long' });
  });
});

test.for([
  ['less memory', { memoryCost: 8_192 }],
  ['more passes', { timeCost: 3 }],
  ['more lanes', { parallelism: 2 }],
] as const)('a hash made with %s verifies and asks to be made anew', async ([, options]) => {
  const stored = await hash('pass', options);
  expect(await verifyPassword(stored, 'pass')).toEqual({ ok: true, rehash: true });
  expect(await verifyPassword(stored, 'wrong')).toEqual({ ok: false, rehash: false });
});

test('one spelling of é is as good as the other', async () => {
  expect(await verifyPassword(await hashPassword('caf\u00e9'), 'cafe\u0301')).toEqual({ ok: true, rehash: false });
});

test('someone unknown costs what someone known costs', async () => {
  const stored = await hashPassword('pass');
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    known.push(await cpuMilliseconds(() => verifyPassword(stored, 'wrong')));
    unknown.push(await cpuMilliseconds(() => dummyVerify('wrong')));
  }
  const ratio = median(unknown) / median(known);
  expect(ratio).toBeGreaterThan(0.4);
  expect(ratio).toBeLessThan(2.5);
});

test('a storm is bounded: what can’t be served soon is told so, the rest is served', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 160 }, () => dummyVerify('x')));
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  // Of one lane 64 may wait.
  expect(refused.length).toBeLessThanOrEqual(95);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'password_work_busy' });
}, 20_000);

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
