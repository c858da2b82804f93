import type { ActClaim } from '../tokens/access-token-claims.ts';
import type { PresentedParty } from './presented-party.ts';

/** Of a token that stands for somebody else's: whom, and all that it ends with. */
export function exchangedClaims(subject: PresentedParty, act: ActClaim | undefined, actor?: PresentedParty) {
  const environment = environmentOf(subject, actor);
  const origins = originsOf(subject, actor);
  const { type, id, roles, groups, organizationId, grantId, sessionId, apiKeyId, authTime, acr, amr } = subject;
  return {
    sub: id,
    roles: [...roles],
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(type === 'user' ? {} : { principal_type: type }),
    ...(organizationId === undefined ? {} : { organization_id: organizationId }),
    ...(grantId === undefined ? {} : { grant_id: grantId }),
    ...(sessionId === undefined ? {} : { sid: sessionId }),
    ...(apiKeyId === undefined ? {} : { api_key_id: apiKeyId }),
    ...(environment === undefined ? {} : { api_key_environment: environment }),
    ...(origins.length === 0 ? {} : { origins }),
    ...(authTime === undefined ? {} : { auth_time: authTime }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr: [...amr] }),
    ...(act === undefined ? {} : { act }),
  };
}

/**
 * All that a token ends with, each once: what its subject's token was made from, and the token with which the actor showed
 * who acts, the key that one was made from, and whom it is about, if that is a person: who was signed out or is gone acts
 * for nobody. The actor's client and secret are those of the request, told besides.
 */
export function originsOf(subject: PresentedParty, actor: PresentedParty | undefined): string[] {
  const tokens = actor?.origins.filter((origin) => origin.startsWith('jti:') || origin.startsWith('key:')) ?? [];
  const key = actor?.apiKeyId === undefined ? [] : [`key:${actor.apiKeyId}`];
  return [...new Set([...subject.origins, ...tokens, ...key, ...personOf(actor)])];
}

function personOf(actor: PresentedParty | undefined): string[] {
  if (actor?.type !== 'user') return [];
  const { id, sessionId, grantId } = actor;
  return [
    `user:${id}`,
    ...(sessionId === undefined ? [] : [`session:${sessionId}`]),
    ...(grantId === undefined ? [] : [`grant:${grantId}`]),
  ];
}

/** A test key stays one, whichever of the two it is: neither acts in the live service by the other's leave. */
function environmentOf(subject: PresentedParty, actor: PresentedParty | undefined) {
  return actor?.environment === 'test' ? 'test' : (subject.environment ?? actor?.environment);
}
