import type { Clock } from '#base';
import type { SigningKeys } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import { type EncryptAnswerDeps, encryptAnswer, encryptionKeyOf } from '../jwt/encrypt-answer.ts';
import { leftHalfHash } from '../tokens/left-half-hash.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import { personClaimsFor } from '../tokens/person-claims.ts';
import type { GrantedPerson } from './issue-access-token.ts';

export interface IssueIdTokenDeps extends EncryptAnswerDeps {
  clock: Clock;
  signingKeys: Pick<SigningKeys, 'sign' | 'ensure'>;
  issuers: Issuers;
  subjects: PairwiseSubjects;
}

const ID_TOKEN_TTL_SECONDS = 3600;

/**
 * Before the transaction in which a token is signed: keys of the client's algorithms, made when first wanted, and the
 * client's own, if its id tokens are encrypted to one. @throws `encryption_key_missing`
 */
export async function readyKeys(deps: IssueIdTokenDeps, client: Client): Promise<void> {
  const { signingKeys } = deps;
  const { idTokenEncryption } = client.spec;
  if (idTokenEncryption !== undefined) await encryptionKeyOf(deps, client, idTokenEncryption);
  for (const alg of new Set([client.idTokenAlg, client.accessTokenAlg])) await signingKeys.ensure(client.tenantId, alg);
}

/** OpenID Connect Core §2 and §3.1.3.6. Tells the client who signed in; it is no access token, and its `typ` says so. */
export async function issueIdToken(
  { clock, signingKeys, issuers, subjects, remoteKeys }: IssueIdTokenDeps,
  client: Client,
  person: GrantedPerson,
  { nonce, accessToken, scopes }: { nonce: string | undefined; accessToken: string; scopes: readonly string[] },
): Promise<string> {
  const sub = subjects.hide(client, 'subject', person.userId);
  const sid = person.signedInSessionId;
  const issuedAt = Math.floor(clock.now() / 1000);
  const { idTokenEncryption: encryption } = client.spec;
  const { idTokenAlg: alg } = client;
  const signed = await signingKeys.sign(
    client.tenantId,
    {
      // First, so that nothing declared takes the place of what a token is. Many libraries never ask userinfo.
      ...personClaimsFor(client, { ...person.user, id: sub }, scopes),
      iss: issuers.issuerOf(client.tenantId),
      sub,
      aud: client.id,
      exp: issuedAt + ID_TOKEN_TTL_SECONDS,
      iat: issuedAt,
      auth_time: person.authTime,
      ...(nonce === undefined ? {} : { nonce }),
      ...(person.acr === undefined ? {} : { acr: person.acr }),
      amr: [...person.amr],
      // Back-Channel Logout §2.1: what a logout token will name, also to whom the session's end leaves its access.
      ...(sid === undefined ? {} : { sid: subjects.hide(client, 'session', sid) }),
      // RFC 8693 §4.1: so that an application can say on its pages that somebody acts for the person.
      ...(person.actor === undefined ? {} : { act: { sub: subjects.hide(client, 'subject', person.actor) } }),
      // By the hash of its own algorithm, whatever the access token is made of (§3.1.3.6).
      at_hash: leftHalfHash(alg, accessToken),
    },
    { typ: 'JWT', alg },
  );
  return encryption === undefined ? signed : encryptAnswer({ remoteKeys }, client, encryption, signed);
}
