import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { ReadToken } from './read-token.ts';

/** `impossible`: its algorithm is one that no public key verifies. */
export interface SignatureOutcome {
  outcome: 'good' | 'bad' | 'unknown_kid' | 'unreachable' | 'impossible';
}

/** Is it signed by one of these keys? Looks at nothing but the signature. */
export async function verifySignature(
  { text, header }: ReadToken,
  keys: JSONWebKeySet | undefined,
): Promise<SignatureOutcome> {
  if (/^(none|HS\d+)$/i.test(String(header.alg))) return { outcome: 'impossible' };
  if (keys === undefined) return { outcome: 'unreachable' };
  try {
    await verifyWithAny(text, keys);
    return { outcome: 'good' };
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return { outcome: 'unknown_kid' };
    return { outcome: 'bad' };
  }
}

/** Without a `kid` several may fit: each is tried, as jose leaves to its caller. */
async function verifyWithAny(text: string, keys: JSONWebKeySet): Promise<void> {
  try {
    await compactVerify(text, createLocalJWKSet(keys));
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        await compactVerify(text, key);
        return;
      } catch (inner) {
        if (!(inner instanceof errors.JWSSignatureVerificationFailed)) throw inner;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** undefined for what is no key set. */
export function readKeySet(text: string): JSONWebKeySet | undefined {
  try {
    const value = JSON.parse(text) as Partial<JSONWebKeySet>;
    return Array.isArray(value.keys) && value.keys.length > 0 ? (value as JSONWebKeySet) : undefined;
  } catch {
    return undefined;
  }
}

/** Of this Gatehouse, as its discovery document leads to them. */
export async function ownKeys(issuer: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const read = async (url: string) => {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new TypeError(`${url} answered ${response.status}`);
    return response.json() as Promise<Record<string, unknown>>;
  };
  const { jwks_uri } = await read(`${issuer}/.well-known/openid-configuration`);
  return (await read(String(jwks_uri))) as unknown as JSONWebKeySet;
}
