import { importJWK, type JWK, SignJWT } from 'jose';
import { ConfigurationError } from '../verify/auth-error.ts';

/** RFC 6749 §2.3.1: the secret in the header, both encoded as form values first. */
export function basicAuthorization(clientId: string, clientSecret: string): string {
  return `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`;
}

const formEncode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);

export interface ClientCredentials {
  clientId: string;
  clientSecret?: string;
  /** `private_key_jwt`: a private key as JWK, with `alg` and `kid`. Nothing that the issuer holds lets anybody be this client. */
  privateKey?: JWK;
  /** A token of the platform that this runs on (CI, Kubernetes): read anew each time, and no secret is stored anywhere. */
  workloadToken?: () => string | Promise<string>;
}

/** How a client proves to be itself at its issuer: by one of the three, or by the certificate of the connection (RFC 8705 §2). */
export async function authenticateClient(
  { clientId, clientSecret, privateKey, workloadToken }: ClientCredentials,
  { issuer, now }: { issuer: string; now: () => number },
): Promise<{ headers: Record<string, string>; params: Record<string, string> }> {
  if (clientSecret !== undefined) {
    return { headers: { authorization: basicAuthorization(clientId, clientSecret) }, params: {} };
  }
  const assertion =
    privateKey === undefined ? await workloadToken?.() : await signAssertion(privateKey, { clientId, issuer, now });
  if (assertion === undefined) return { headers: {}, params: { client_id: clientId } };
  return {
    headers: {},
    params: { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion },
  };
}

/** RFC 7523 §2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ASSERTION_SECONDS = 60;

async function signAssertion(
  jwk: JWK,
  { clientId, issuer, now }: { clientId: string; issuer: string; now: () => number },
): Promise<string> {
  const { alg, kid } = jwk;
  if (alg === undefined) throw new ConfigurationError('privateKey needs alg.');
  const issuedAt = Math.floor(now() / 1000);
  return (
    new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      // The issuer alone, as its successor demands: an assertion for two servers could be taken from one to the other.
      .setAudience(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + ASSERTION_SECONDS)
      .sign(await importJWK(jwk, alg))
  );
}
