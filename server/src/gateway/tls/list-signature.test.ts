/** Lists of revoked certificates, judged by who has signed them when they are read. */
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, certificateAuthority, type IssuedPair } from '#testing';
import { isSignedBy, readListSignature } from './list-signature.ts';
import { listsInAFile, standingsOf } from './lists-in-a-file.fixture.ts';
import { derChildren, readDer } from './read-der.ts';
import type { RevocationLists } from './revocation-lists.ts';

const { put, open, closeOpened, remove } = listsInAFile('warn');

let ca: CertificateAuthority;
/** Of the same name, with a key of its own. */
let impostor: CertificateAuthority;
let other: CertificateAuthority;
let good: IssuedPair;
let bad: IssuedPair;
let foreign: IssuedPair;

beforeAll(() => {
  ca = certificateAuthority('ours');
  impostor = certificateAuthority('ours');
  other = certificateAuthority('others');
  good = ca.issue('/CN=good');
  bad = ca.issue('/CN=bad');
  foreign = other.issue('/CN=foreign');
});
afterEach(closeOpened);
afterAll(() => {
  for (const each of [ca, impostor, other]) each.close();
  remove();
});

const standings = (lists: RevocationLists) => standingsOf(lists, [good, bad, foreign]);

/** One bit of what was signed is another. */
function spoilt(pem: string): string {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  // A digit of the last time in it, which stays one.
  const at = der.lastIndexOf('Z', der.length - 80, 'latin1') - 1;
  der.writeUInt8(der.readUInt8(at) ^ 1, at);
  return `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
}

describe('at the start', () => {
  const WRONG = 'bears the signature of somebody else';
  test.each<[what: string, list: () => string, message: string]>([
    ['one that another authority of the name has signed', () => impostor.revocationList([]), WRONG],
    ['one that was altered', () => spoilt(ca.revocationList([bad])), WRONG],
    ['two, the second signed by somebody else', () => other.revocationList([]) + impostor.revocationList([]), WRONG],
    [
      'one that is signed with SHA-1',
      () => ca.revocationList([], { digest: 'sha1' }),
      'not verified here, such as SHA-1',
    ],
  ])('refuses %s, and says whose', (_what, list, message) => {
    expect(() => open(list(), ca.pem)).toThrow(message);
    expect(() => open(list(), ca.pem)).toThrow('list.pem holds a list of CN=ours');
    expect(() => open(list(), ca.pem + other.pem)).toThrow(message);
  });

  test('takes what was signed by one of several of the name: an authority may change its key', () => {
    expect(standings(open(ca.revocationList([bad]), impostor.pem + ca.pem).lists)).toEqual([
      'good',
      'revoked',
      'unlisted',
    ]);
  });

  test('refuses authorities that can not be read', () => {
    expect(() => open(ca.revocationList([]), 'nothing')).toThrow('signers.pem holds no certificate');
  });
});

describe('later', () => {
  test('a list that somebody else has signed leaves the one before, and is told of', () => {
    const { lists, said, settle } = open(ca.revocationList([bad]), ca.pem);
    put('list.pem', impostor.revocationList([]));
    settle();
    expect(standings(lists)).toEqual(['good', 'revoked', 'unlisted']);
    expect([lists.failedReloads, said('bears the signature of somebody else')]).toEqual([1, 1]);
    expect(lists.status()[0]?.problem).toContain('CN=ours');
    put('list.pem', ca.revocationList([good]));
    settle();
    expect([standings(lists)[0], lists.status()[0]?.problem]).toEqual(['revoked', undefined]);
  });

  test.each(['list first', 'authority first'])('an authority gets another key, the %s', (order) => {
    const { lists, settle } = open(ca.revocationList([bad]), ca.pem);
    const steps = [() => put('list.pem', impostor.revocationList([good])), () => put('signers.pem', impostor.pem)];
    if (order === 'authority first') steps.reverse();
    steps[0]?.();
    settle();
    // Until both are there, what was known before counts.
    expect([standings(lists).slice(0, 2), lists.failedReloads]).toEqual([['good', 'revoked'], 1]);
    steps[1]?.();
    settle();
    expect([standings(lists).slice(0, 2), lists.status()[0]?.problem]).toEqual([['revoked', 'good'], undefined]);
  });

  test('authorities that can not be read any more keep nobody from being revoked', () => {
    const { lists, said, settle } = open(ca.revocationList([]), ca.pem);
    put('signers.pem', 'nothing');
    put('list.pem', ca.revocationList([bad]));
    settle();
    expect(standings(lists).slice(0, 2)).toEqual(['good', 'revoked']);
    expect([lists.failedReloads, said('those before count')]).toEqual([1, 1]);
    expect(lists.status()[0]?.problem).toContain('signers.pem');
    put('list.pem', impostor.revocationList([]));
    settle();
    expect(standings(lists)[1]).toBe('revoked');
  });
});

describe('what nobody can verify', () => {
  test('an authority that was named and has no list is closed, and told of', () => {
    const { lists, said } = open(ca.revocationList([]), ca.pem + other.pem);
    expect(standings(lists)).toEqual(['good', 'good', 'outdated']);
    expect([said('has no list of revoked certificates'), said('CN=others')]).toEqual([1, 1]);
  });

  test('a list of an authority that was not named is taken, and told of', () => {
    const { lists, said } = open(ca.revocationList([]) + other.revocationList([foreign]), ca.pem);
    expect(standings(lists)).toEqual(['good', 'good', 'revoked']);
    expect(said('nobody is named who could verify')).toBe(1);
    expect(open(ca.revocationList([]), ca.pem).lines).toEqual([]);
    expect(open(ca.revocationList([])).said('nobody is named who could verify')).toBe(1);
  });
});

describe('kinds of signatures', () => {
  const value = (tag: number, ...contents: Buffer[]) => {
    const all = Buffer.concat(contents);
    const length = all.length < 0x80 ? [all.length] : [0x82, all.length >> 8, all.length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...length]), all]);
  };
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  const named = (oid: string, ...parameters: Buffer[]) => value(0x30, value(0x06, bytes(oid)), ...parameters);
  const sha384 = named('608648016503040202');
  const pss = (digest: Buffer) =>
    named('2a864886f70d01010a', value(0x30, value(0xa0, digest), value(0xa2, value(0x02, bytes('30')))));

  const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const PADDED = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  const kinds: [string, Buffer, string | null, () => { publicKey: KeyObject; privateKey: KeyObject }, object?][] = [
    ['RSA, SHA-256', named('2a864886f70d01010b', bytes('0500')), 'sha256', rsa],
    ['RSA, SHA-384', named('2a864886f70d01010c', bytes('0500')), 'sha384', rsa],
    ['RSA, SHA-512', named('2a864886f70d01010d', bytes('0500')), 'sha512', rsa],
    ['RSA-PSS', pss(sha384), 'sha384', rsa, PADDED],
    ['ECDSA, SHA-256', named('2a8648ce3d040302'), 'sha256', ec],
    ['ECDSA, SHA-384', named('2a8648ce3d040303'), 'sha384', ec],
    ['ECDSA, SHA-512', named('2a8648ce3d040304'), 'sha512', ec],
    ['Ed25519', named('2b6570'), null, () => generateKeyPairSync('ed25519')],
    ['Ed448', named('2b6571'), null, () => generateKeyPairSync('ed448')],
    ['ML-DSA-44', named('608648016503040311'), null, () => generateKeyPairSync('ml-dsa-44')],
    ['ML-DSA-65', named('608648016503040312'), null, () => generateKeyPairSync('ml-dsa-65')],
    ['ML-DSA-87', named('608648016503040313'), null, () => generateKeyPairSync('ml-dsa-87')],
  ];

  function read(within: Buffer, algorithm: Buffer, signature: Buffer) {
    const der = value(0x30, value(0x30, within), algorithm, value(0x03, bytes('00'), signature));
    const parts = [...derChildren(der, readDer(der, 0))];
    const [tbs = readDer(der, 0)] = parts;
    return readListSignature(der, parts, readDer(der, tbs.start));
  }

  test.each(kinds)('%s', (_name, algorithm, digest, generate, how = {}) => {
    const mine = generate();
    const signature = sign(digest, value(0x30, algorithm), { key: mine.privateKey, ...how });
    const found = read(algorithm, algorithm, signature);
    if (found === undefined) throw new Error('the algorithm is not known');
    expect(isSignedBy(found, mine.publicKey)).toBe(true);
    expect(isSignedBy(found, generate().publicKey)).toBe(false);
    expect(isSignedBy({ ...found, signed: value(0x30, algorithm, bytes('0500')) }, mine.publicKey)).toBe(false);
    expect(isSignedBy(found, (digest === null ? ec() : generateKeyPairSync('ed25519')).publicKey)).toBe(false);
  });

  test('not known: SHA-1, in whichever way, and what has no name yet', () => {
    const sha1 = named('2b0e03021a');
    const unknown = [named('2a864886f70d010105'), pss(sha1), named('2a864886f70d01010a', value(0x30)), named('2a03')];
    for (const algorithm of unknown) expect(read(algorithm, algorithm, bytes('01'))).toBeUndefined();
  });

  test('another algorithm within than without is malformed (RFC 5280 §5.1.1.2)', () => {
    expect(() => read(named('2b6570'), named('2b6571'), bytes('01'))).toThrow(RangeError);
    expect(() => read(named('2b6570'), named('2b6570'), bytes(''))).toThrow(RangeError);
  });
});
