import { describe, expect, test } from 'vitest';
import { type ForeignHash, foreignHashSchema, verifyForeignHash } from './foreign-hash.ts';
import { openPasswords, storeForeignHash } from './foreign-passwords.ts';

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
const salted = (digest: 'md5' | 'sha1' | 'sha256' | 'sha512', hex: string): ForeignHash => ({
  algorithm: 'salted_digest',
  digest,
  salt: '',
  position: 'suffix',
  hash: base64(hex),
});

/** Published values, and the password of each. */
const VECTORS: readonly (readonly [string, string, ForeignHash])[] = [
  [
    'argon2id (the reference implementation’s own test)',
    'password',
    {
      algorithm: 'argon2',
      phc: '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    },
  ],
  [
    'bcrypt $2a$ (crypt_blowfish)',
    'U*U',
    { algorithm: 'bcrypt', hash: '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' },
  ],
  [
    'bcrypt $2y$, the same',
    'U*U',
    { algorithm: 'bcrypt', hash: '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW' },
  ],
  [
    'scrypt (RFC 7914 §12)',
    'password',
    {
      algorithm: 'scrypt',
      cost: 1024,
      blockSize: 8,
      parallelization: 16,
      salt: Buffer.from('NaCl').toString('base64'),
      hash: base64(
        'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
      ),
    },
  ],
  [
    'Firebase’s scrypt (its own example)',
    'user1password',
    {
      algorithm: 'firebase_scrypt',
      signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
      saltSeparator: 'Bw==',
      rounds: 8,
      memCost: 14,
      salt: '42xEC+ixf3L2lw==',
      hash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    },
  ],
  [
    'PBKDF2 with SHA-1 (RFC 6070)',
    'password',
    {
      algorithm: 'pbkdf2',
      digest: 'sha1',
      iterations: 4096,
      salt: Buffer.from('salt').toString('base64'),
      hash: base64('4b007901b765489abead49d926f721d065a429c1'),
    },
  ],
  [
    'PBKDF2 with SHA-256 (RFC 7914 §11)',
    'passwd',
    {
      algorithm: 'pbkdf2',
      digest: 'sha256',
      iterations: 1,
      salt: Buffer.from('salt').toString('base64'),
      hash: base64(
        '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
      ),
    },
  ],
  ['MD5 (RFC 1321 §A.5)', 'abc', salted('md5', '900150983cd24fb0d6963f7d28e17f72')],
  ['SHA-1 (RFC 3174 §7.3)', 'abc', salted('sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d')],
  [
    'SHA-256 (FIPS 180-2 §B.1)',
    'abc',
    salted('sha256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
  ],
  [
    'SHA-512 with a salt behind it (FIPS 180-2 §C.1, of which the last letter is the salt)',
    'ab',
    {
      ...salted(
        'sha512',
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      ),
      salt: Buffer.from('c').toString('base64'),
    } as ForeignHash,
  ],
];

describe.each(VECTORS)('%s', (_, password, hash) => {
  test('is verified, and nothing else is', async () => {
    const read = foreignHashSchema.parse(hash);
    expect(await verifyForeignHash(read, Buffer.from(password))).toBe(true);
    for (const wrong of [
      `${password} `,
      password.slice(1),
      '',
      password.toUpperCase() === password ? 'u*u' : password.toUpperCase(),
    ]) {
      expect(await verifyForeignHash(read, Buffer.from(wrong)), wrong).toBe(false);
    }
  });

  test('is stored sealed, and asks to be made anew', async () => {
    const sealed = new Map<string, string>();
    const keyring = {
      seal: (plaintext: string | Uint8Array, place: object) => {
        const key = `sealed-${sealed.size}`;
        sealed.set(key + JSON.stringify(place), String(plaintext));
        return key;
      },
      open: (text: string, place: object) => Buffer.from(sealed.get(text + JSON.stringify(place)) ?? 'null'),
    };
    const stored = storeForeignHash(keyring, hash);
    expect(stored).toMatch(/^\$imported\$[0-9a-f-]{36}\$sealed-0$/);
    const passwords = openPasswords(keyring);
    expect(await passwords.verifyPassword(stored, password)).toEqual({ ok: true, rehash: true });
    expect(await passwords.verifyPassword(stored, `${password}!`)).toEqual({ ok: false, rehash: false });
    expect(await passwords.verifyPassword(stored, 'x'.repeat(2000))).toEqual({ ok: false, rehash: false });
    // A stored text that was tampered with, or moved, is nobody's password.
    expect(await passwords.verifyPassword(stored.replace('sealed-0', 'sealed-1'), password)).toMatchObject({
      ok: false,
    });
    const own = await passwords.hashPassword(password);
    expect(await passwords.verifyPassword(own, password)).toEqual({ ok: true, rehash: false });
  });
});

const [, , scrypt] = VECTORS[3] ?? [];
const [, , firebase] = VECTORS[4] ?? [];
const [, , pbkdf2] = VECTORS[5] ?? [];
const phc = (parameters: string) =>
  `$argon2id$v=19$${parameters}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc`;
const bcrypt = (cost: string) => `$2b$${cost}$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW`;

describe('a hash that would cost too much, or makes no sense, is refused', () => {
  test.each([
    ['argon2 with 4 GiB', { algorithm: 'argon2', phc: phc('m=4194304,t=1,p=1') }],
    ['argon2 with a thousand passes', { algorithm: 'argon2', phc: phc('m=65536,t=1000,p=1') }],
    ['argon2 with much of both', { algorithm: 'argon2', phc: phc('m=262144,t=5,p=1') }],
    ['argon2 with no lanes', { algorithm: 'argon2', phc: phc('m=65536,t=2,p=0') }],
    ['argon2 that is none', { algorithm: 'argon2', phc: '$argon2id$' }],
    ['bcrypt with cost 31', { algorithm: 'bcrypt', hash: bcrypt('31') }],
    ['bcrypt with cost 15', { algorithm: 'bcrypt', hash: bcrypt('15') }],
    ['bcrypt cut short', { algorithm: 'bcrypt', hash: bcrypt('10').slice(0, -1) }],
    ['bcrypt of the flawed kind', { algorithm: 'bcrypt', hash: bcrypt('10').replace('2b', '2x') }],
    ['scrypt with 16 GiB', { ...scrypt, cost: 2 ** 20, blockSize: 16 }],
    ['scrypt with a cost that is no power of two', { ...scrypt, cost: 1000 }],
    ['scrypt with many lanes', { ...scrypt, cost: 2 ** 16, parallelization: 64 }],
    ['scrypt with an empty hash', { ...scrypt, hash: '' }],
    ['Firebase’s with memory of 2^20', { ...firebase, memCost: 20 }],
    ['PBKDF2 with a billion rounds', { ...pbkdf2, iterations: 1e9 }],
    [
      'PBKDF2 with a long hash of many rounds',
      { ...pbkdf2, iterations: 1_000_000, hash: Buffer.alloc(128).toString('base64') },
    ],
    ['PBKDF2 with no rounds', { ...pbkdf2, iterations: 0 }],
    ['PBKDF2 with a hash of one byte', { ...pbkdf2, hash: 'AA==' }],
    ['PBKDF2 with another digest', { ...pbkdf2, digest: 'md5' }],
    ['a digest of the wrong length', { ...salted('sha256', 'a9993e364706816aba3e25717850c26c9cd0d89d') }],
    ['a huge salt', { ...salted('md5', '900150983cd24fb0d6963f7d28e17f72'), salt: 'A'.repeat(1000) }],
    ['an unknown field', { ...salted('md5', '900150983cd24fb0d6963f7d28e17f72'), rounds: 5 }],
    ['an unknown algorithm', { algorithm: 'crypt', hash: 'x' }],
  ])('%s', (_, hash) => {
    expect(foreignHashSchema.safeParse(hash).success).toBe(false);
  });
});
