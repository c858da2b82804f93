import type { Client } from '../clients/client-directory.ts';
import type { AccessTokenClaims, ActClaim } from './access-token-claims.ts';
import type { PairwiseSubjects, SubjectKind } from './pairwise-subjects.ts';

/** Ids of people begin so, and nothing else's does: see base/ids.ts. */
const isPerson = (id: string) => id.startsWith('usr_');

/** Claims as the token's client may see them. */
export function hidePerson(subjects: PairwiseSubjects, client: Client, claims: AccessTokenClaims): AccessTokenClaims {
  if (client.sector === undefined) return claims;
  const hide = (id: string) => (isPerson(id) ? subjects.hide(client, 'subject', id) : id);
  return {
    ...claims,
    sub: hide(claims.sub),
    ...(claims.sid === undefined ? {} : { sid: subjects.hide(client, 'session', claims.sid) }),
    ...(claims.act === undefined ? {} : { act: withActors(claims.act, hide) }),
    ...(claims.origins === undefined
      ? {}
      : { origins: claims.origins.map((origin) => ofPerson(origin, (kind, id) => subjects.hide(client, kind, id))) }),
  };
}

/** Claims as we read them again; undefined when they were hidden for another sector than the client's present one. */
export function revealPerson(
  subjects: PairwiseSubjects,
  client: Client | undefined,
  claims: AccessTokenClaims,
): AccessTokenClaims | undefined {
  if (client === undefined || !isHidden(claims)) return claims;
  const sub = subjects.reveal(client, 'subject', claims.sub);
  const sid = claims.sid === undefined ? undefined : subjects.reveal(client, 'session', claims.sid);
  if (sub === undefined || (claims.sid !== undefined && sid === undefined)) return undefined;
  const origins = claims.origins?.flatMap(
    (origin) => ofPerson(origin, (kind, id) => subjects.reveal(client, kind, id)) ?? [],
  );
  // What can't be read can't be held against what was revoked.
  if (origins?.length !== claims.origins?.length) return undefined;
  // Who acted is told and never judged by: one that can't be read stays as it stands.
  const reveal = (id: string) => subjects.reveal(client, 'subject', id) ?? id;
  return {
    ...claims,
    sub,
    ...(sid === undefined ? {} : { sid }),
    ...(claims.act === undefined ? {} : { act: withActors(claims.act, reveal) }),
    ...(origins === undefined ? {} : { origins }),
  };
}

const isHidden = ({ sub, sid, act }: AccessTokenClaims) =>
  sub.startsWith('pw_') || sid?.startsWith('pw_') === true || act !== undefined;

function withActors(claim: ActClaim, change: (id: string) => string): ActClaim {
  const { sub, act } = claim;
  return { ...claim, sub: change(sub), ...(act === undefined ? {} : { act: withActors(act, change) }) };
}

const ORIGIN_KINDS = { 'user:': 'subject', 'session:': 'session' } as const;

/** What a token ends with, where that is a person or a session: its id, changed. */
function ofPerson<Changed extends string | undefined>(
  origin: string,
  change: (kind: SubjectKind, id: string) => Changed,
): string | Changed {
  for (const [prefix, kind] of Object.entries(ORIGIN_KINDS)) {
    if (!origin.startsWith(prefix)) continue;
    const changed = change(kind, origin.slice(prefix.length));
    return changed === undefined ? changed : `${prefix}${changed}`;
  }
  return origin;
}
