import type { Clock } from '#base';
import type { Alg, SigningKeys } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import { leftHalfHash } from '../tokens/left-half-hash.ts';
import { readJws } from '../tokens/read-jws.ts';
import type { GrantedPerson } from './issue-access-token.ts';

export interface IssueIdTokenDeps {
  clock: Clock;
  signingKeys: Pick<SigningKeys, 'sign' | 'verificationKey'>;
  issuers: Issuers;
}

const ID_TOKEN_TTL_SECONDS = 3600;

/** OpenID Connect Core §2 and §3.1.3.6. Tells the client who signed in; it is no access token, and its `typ` says so. */
export async function issueIdToken(
  { clock, signingKeys, issuers }: IssueIdTokenDeps,
  client: Client,
  person: GrantedPerson,
  { nonce, accessToken }: { nonce: string | undefined; accessToken: string },
): Promise<string> {
  const issuedAt = Math.floor(clock.now() / 1000);
  const alg = algorithmOf(signingKeys, client.tenantId, accessToken);
  return signingKeys.sign(
    client.tenantId,
    {
      iss: issuers.issuerOf(client.tenantId),
      sub: person.userId,
      aud: client.id,
      exp: issuedAt + ID_TOKEN_TTL_SECONDS,
      iat: issuedAt,
      auth_time: person.authTime,
      ...(nonce === undefined ? {} : { nonce }),
      ...(person.acr === undefined ? {} : { acr: person.acr }),
      amr: [...person.amr],
      ...(person.sessionId === undefined ? {} : { sid: person.sessionId }),
      // Both tokens are signed one after the other; should the key change in between, the hash is left out, as it may.
      ...(alg === undefined ? {} : { at_hash: leftHalfHash(alg, accessToken) }),
    },
    { typ: 'JWT' },
  );
}

function algorithmOf(keys: IssueIdTokenDeps['signingKeys'], tenantId: string, token: string): Alg | undefined {
  const kid = readJws(token)?.header.kid;
  return kid === undefined ? undefined : keys.verificationKey(tenantId, kid)?.alg;
}
