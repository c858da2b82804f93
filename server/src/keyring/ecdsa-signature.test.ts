import { generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDerSignature, toJoseSignature } from './ecdsa-signature.ts';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const data = Buffer.from('header.payload');

describe('both forms of an ECDSA signature', () => {
  it('agrees with OpenSSL about what it signed', () => {
    for (let round = 0; round < 300; round += 1) {
      const der = sign('sha256', data, privateKey);
      const jose = toJoseSignature(der);
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, jose)).toBe(true);
      expect(toDerSignature(jose)).toEqual(der);
    }
  });

  it('agrees with OpenSSL about what others signed', () => {
    for (let round = 0; round < 300; round += 1) {
      const jose = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify('sha256', data, publicKey, toDerSignature(jose) ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('brings every pair of integers there and back, short ones and those with the first bit set', () => {
    const edge = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff);
    const integer = fc.array(fc.oneof(edge, fc.nat(255)), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(integer, integer, fc.nat(32), fc.nat(32), (r, s, zerosOfR, zerosOfS) => {
        const jose = Buffer.from([...r.fill(0, 0, zerosOfR), ...s.fill(0, 0, zerosOfS)]);
        expect(toJoseSignature(toDerSignature(jose) ?? Buffer.alloc(0))).toEqual(jose);
      }),
    );
  });

  it.each([0, 1, 63, 65, 128])('has no DER for %i bytes', (length) => {
    expect(toDerSignature(new Uint8Array(length))).toBeUndefined();
  });

  it.each([
    ['nothing', []],
    ['another type', [0x31, 6, 2, 1, 1, 2, 1, 1]],
    ['no second integer', [0x30, 3, 2, 1, 1]],
    ['something behind', [0x30, 6, 2, 1, 1, 2, 1, 1, 0]],
  ])('refuses DER that is %s', (_, bytes) => {
    expect(() => toJoseSignature(Buffer.from(bytes))).toThrow('not an ECDSA signature');
  });
});
