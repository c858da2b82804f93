import { base64url, compactVerify } from 'jose';
import { type IssuerKey, importKey } from './key-set.ts';

/**
 * Rejects unless the signature of a compact JWS is by this key. On Node by its own `crypto`, in the same turn: of a signature that
 * takes 30 µs to verify, Web Crypto's way through another thread takes longer. Everywhere else by Web Crypto.
 */
export async function verifySignature(text: string, alg: string, key: IssuerKey): Promise<void> {
  if (nodeCrypto === undefined) return verifyByWebCrypto(text, alg, key);
  verifyByNode(nodeCrypto, text, alg, key);
}

export async function verifyByWebCrypto(text: string, alg: string, key: IssuerKey): Promise<void> {
  await compactVerify(text, await importKey(key, alg), { algorithms: [alg] });
}

export function verifyByNode(crypto: NodeCrypto, text: string, alg: string, key: IssuerKey): void {
  const scheme = Object.hasOwn(SCHEMES, alg) ? SCHEMES[alg] : undefined;
  if (scheme === undefined) throw new TypeError(`the algorithm ${alg} is not known`);
  const end = text.lastIndexOf('.');
  const { hash, ...options } = scheme;
  const signature = base64url.decode(text.slice(end + 1));
  const signed = encoder.encode(text.slice(0, end));
  if (crypto.verify(hash, signed, { key: publicKeyOf(crypto, key), ...options }, signature)) return;
  throw new TypeError('the signature does not verify');
}

const encoder = new TextEncoder();

interface Scheme {
  hash: string | null;
  padding?: number;
  saltLength?: number;
  dsaEncoding?: 'ieee-p1363';
}

/** RFC 7518 §3.1 in the words of OpenSSL: the padding of PKCS #1 v1.5 is 1, that of PSS 6, with a salt as long as the hash. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  ES256: { hash: 'sha256', dsaEncoding: 'ieee-p1363' },
  ES384: { hash: 'sha384', dsaEncoding: 'ieee-p1363' },
  ES512: { hash: 'sha512', dsaEncoding: 'ieee-p1363' },
  EdDSA: { hash: null },
  Ed25519: { hash: null },
  PS256: { hash: 'sha256', padding: 6, saltLength: 32 },
  PS384: { hash: 'sha384', padding: 6, saltLength: 48 },
  PS512: { hash: 'sha512', padding: 6, saltLength: 64 },
  RS256: { hash: 'sha256', padding: 1 },
  RS384: { hash: 'sha384', padding: 1 },
  RS512: { hash: 'sha512', padding: 1 },
};

/** What is used of `node:crypto`. Structural, so that types of Node are not needed to use this package. */
interface NodeCrypto {
  createPublicKey(key: { key: object; format: 'jwk' }): PublicKey;
  verify(hash: string | null, data: Uint8Array, key: object, signature: Uint8Array): boolean;
}

interface PublicKey {
  asymmetricKeyDetails?: { modulusLength?: number };
}

/** Not imported: a bundle for browsers or workers would have to do without it. */
const nodeCrypto = /* @__PURE__ */ findNodeCrypto();

export function findNodeCrypto(): NodeCrypto | undefined {
  const { process }: { process?: { getBuiltinModule?(name: string): unknown; versions?: { node?: string } } } =
    globalThis;
  if (process?.versions?.node === undefined || typeof process.getBuiltinModule !== 'function') return undefined;
  const found = process.getBuiltinModule('node:crypto');
  return isNodeCrypto(found) ? found : undefined;
}

function isNodeCrypto(value: unknown): value is NodeCrypto {
  return typeof value === 'object' && value !== null && 'createPublicKey' in value && 'verify' in value;
}

/** RFC 7518 §3.3. */
const MODULUS_BITS_MIN = 2048;
const publicKeys = new WeakMap<IssuerKey, PublicKey>();

/** The point of an elliptic curve is checked here too: OpenSSL takes none that is not on it. */
function publicKeyOf(crypto: NodeCrypto, key: IssuerKey): PublicKey {
  const known = publicKeys.get(key);
  if (known !== undefined) return known;
  const made = crypto.createPublicKey({ key: { ...key.jwk }, format: 'jwk' });
  const bits = made.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MODULUS_BITS_MIN) throw new TypeError('the key is too short');
  publicKeys.set(key, made);
  return made;
}
