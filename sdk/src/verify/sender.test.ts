/** Tokens that are bound to a key or certificate: nobody else can use them, and no proof counts twice. */
import { createHash, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { createVerifier, type Verifier } from './create-verifier.ts';
import { type FakeIssuer, newPair, proofOf, requestWith, type SigningPair, startIssuer } from './issuer.fixture.ts';
import { createUsedProofs } from './used-proofs.ts';

let issuer: FakeIssuer;
let holder: SigningPair;
let thief: SigningPair;
let verifier: Verifier;
let token: string;
const REQUEST = { method: 'GET', url: 'https://orders.example.com/orders?page=2' };

beforeAll(async () => {
  issuer = await startIssuer();
  [holder, thief] = [await newPair('holder'), await newPair('thief')];
  verifier = createVerifier(issuer.options);
  token = await issuer.sign({ cnf: { jkt: await calculateJwkThumbprint(holder.jwk) } });
});

const at = () => ({ ...REQUEST, token, now: issuer.now });
const asProof = (proof: string | readonly string[], text = token) =>
  requestWith({ authorization: `DPoP ${text}`, dpop: proof }, REQUEST);

describe('DPoP', () => {
  test('a token with its proof', async () => {
    await expect(verifier.verify(asProof(await proofOf(holder, at())))).resolves.toMatchObject({ subject: 'usr_1' });
  });

  test('a proof counts once', async () => {
    const proof = await proofOf(holder, at());
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => verifier.verify(asProof(proof))));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a proof that was refused with a bad token was not used up', async () => {
    const proof = await proofOf(holder, at());
    const fresh = createVerifier({ ...issuer.options, audience: 'https://other.example.com' });
    await expect(fresh.verify(asProof(proof))).rejects.toMatchObject({ code: 'wrong_audience' });
    await expect(verifier.verify(asProof(proof))).resolves.toBeDefined();
  });

  const hash = (text: string) => createHash('sha256').update(text).digest('base64url');
  const BAD: readonly [name: string, changes: Parameters<typeof proofOf>[2]][] = [
    ['of another method', { payload: { htm: 'POST' } }],
    ['of a method in other letters', { payload: { htm: 'get' } }],
    ['of another path', { payload: { htu: 'https://orders.example.com/admin' } }],
    ['of another host', { payload: { htu: 'https://evil.example.com/orders' } }],
    ['of http', { payload: { htu: 'http://orders.example.com/orders' } }],
    ['of no address', { payload: { htu: 'orders' } }],
    ['without an address', { payload: { htu: undefined } }],
    ['of another token', { payload: { ath: hash('x') } }],
    ['of no token', { payload: { ath: undefined } }],
    ['that is old', { payload: { iat: 1_800_000_000 - 61 } }],
    ['of the future', { payload: { iat: 1_800_000_000 + 6 } }],
    ['without a time', { payload: { iat: undefined } }],
    ['without an id', { payload: { jti: undefined } }],
    ['with a long id', { payload: { jti: 'x'.repeat(256) } }],
    ['of typ JWT', { header: { typ: 'JWT' } }],
    ['without a key', { header: { jwk: undefined } }],
    ['with a kid instead of a key', { header: { jwk: undefined, kid: 'holder' } }],
    ['with a shared secret', { header: { jwk: { kty: 'oct', k: 'AA' } } }],
  ];
  test.each(BAD)('a proof %s is refused', async (_, changes) => {
    await expect(verifier.verify(asProof(await proofOf(holder, at(), changes)))).rejects.toMatchObject({
      code: 'dpop_proof_invalid',
      status: 401,
    });
  });

  test('a proof that names a key it was not made with is refused', async () => {
    const { kid: _, alg: __, use: ___, ...jwk } = holder.jwk;
    const forged = await proofOf(thief, at(), { header: { jwk } });
    await expect(verifier.verify(asProof(forged))).rejects.toMatchObject({ code: 'dpop_proof_invalid' });
  });

  test('a private key in a proof is refused', async () => {
    const jwk = { ...holder.privateKey.export({ format: 'jwk' }) };
    await expect(verifier.verify(asProof(await proofOf(holder, at(), { header: { jwk } })))).rejects.toMatchObject({
      code: 'dpop_proof_invalid',
    });
  });

  test('the thief has the token, and a key of his own', async () => {
    await expect(verifier.verify(asProof(await proofOf(thief, at())))).rejects.toMatchObject({ code: 'wrong_sender' });
  });

  test('the thief has the token alone', async () => {
    await expect(verifier.verify(requestWith({ authorization: `Bearer ${token}` }))).rejects.toMatchObject({
      code: 'wrong_sender',
    });
    await expect(verifier.verify(asProof([]))).rejects.toMatchObject({ code: 'dpop_proof_invalid' });
  });

  test('two proofs are none', async () => {
    const proofs = [await proofOf(holder, at()), await proofOf(holder, at())];
    await expect(verifier.verify(asProof(proofs))).rejects.toMatchObject({ code: 'dpop_proof_invalid' });
  });

  test('a bearer token does not become better by a proof', async () => {
    const bearer = await issuer.sign();
    const proof = await proofOf(holder, { ...at(), token: bearer });
    await expect(verifier.verify(asProof(proof, bearer))).rejects.toMatchObject({ code: 'wrong_sender' });
  });

  test('where proofs are required, bearer tokens and keys are not accepted', async () => {
    const strict = createVerifier({ ...issuer.options, dpop: { required: true } });
    await expect(strict.verify(requestWith({ authorization: `Bearer ${await issuer.sign()}` }))).rejects.toMatchObject({
      code: 'credential_not_accepted',
    });
    await expect(strict.verifyToken(await issuer.sign())).rejects.toMatchObject({ code: 'credential_not_accepted' });
    await expect(strict.verify(asProof(await proofOf(holder, at())))).resolves.toBeDefined();
  });

  test('where nonces are required, the first proof is told one, and the next one passes', async () => {
    const strict = createVerifier({ ...issuer.options, dpop: { nonces: 'shared by several processes' } });
    const other = createVerifier({ ...issuer.options, dpop: { nonces: 'shared by several processes' } });
    const refused = await strict.verify(asProof(await proofOf(holder, at()))).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'dpop_nonce_required', wireError: 'use_dpop_nonce' });
    const nonce = Object(refused).dpopNonce;
    const again = await proofOf(holder, at(), { payload: { nonce } });
    await expect(other.verify(asProof(again))).resolves.toBeDefined();
    const made = await proofOf(holder, at(), { payload: { nonce: 'made up' } });
    await expect(strict.verify(asProof(made))).rejects.toMatchObject({ code: 'dpop_nonce_required' });
  });

  test('the memory of proofs is bounded, and when it is full nothing is forgotten', () => {
    let now = 0;
    const used = createUsedProofs(() => now, 3);
    for (const id of ['a', 'b', 'c']) expect(used.takeOnce(id, 100)).toBe(true);
    expect(() => used.takeOnce('d', 100)).toThrow();
    expect(used.takeOnce('a', 100)).toBe(false);
    now = 100;
    expect(used.takeOnce('d', 200)).toBe(true);
  });
});

describe('certificates (RFC 8705)', () => {
  const certificate = randomBytes(300);
  const thumbprint = createHash('sha256').update(certificate).digest('base64url');

  test.each([
    ['its certificate', certificate, undefined],
    ['another certificate', randomBytes(300), 'wrong_sender'],
    ['no certificate', undefined, 'wrong_sender'],
  ])('a bound token with %s', async (_, shown, code) => {
    const bound = await issuer.sign({ cnf: { 'x5t#S256': thumbprint } });
    const request = requestWith(
      { authorization: `Bearer ${bound}` },
      shown === undefined ? {} : { certificate: shown },
    );
    const verified = verifier.verify(request);
    if (code === undefined) await expect(verified).resolves.toMatchObject({ subject: 'usr_1' });
    else await expect(verified).rejects.toMatchObject({ code });
  });

  test('a certificate proves nothing about a bearer token, and does not harm it', async () => {
    const request = requestWith({ authorization: `Bearer ${await issuer.sign()}` }, { certificate });
    await expect(verifier.verify(request)).resolves.toBeDefined();
  });

  test('two bindings are one too many', async () => {
    const both = await issuer.sign({ cnf: { 'x5t#S256': thumbprint, jkt: 'x' } });
    const request = requestWith({ authorization: `Bearer ${both}` }, { certificate });
    await expect(verifier.verify(request)).rejects.toMatchObject({ code: 'wrong_sender' });
  });
});
