import type { Principal } from '#base';
import type { LimitSubject } from '#limits';
import type { RequestExchange } from './request-exchange.ts';

/** Whose a request is, as one text: for limits to count by, and for upstreams to be chosen by. */
export const SUBJECTS: Record<LimitSubject, (principal: Principal, exchange: RequestExchange) => string> = {
  /**
   * An API key is itself, and so is every token that was made from it, through whichever client. Of any other token, a
   * session or a certificate it is the subject and the client: whoever gets himself a new one, as often as he likes, gets no
   * new bucket.
   */
  credential: (principal) =>
    principal.credential.type === 'api_key' ? principal.credential.id : tokenSubject(principal),
  principal: ({ id }) => id,
  /** Who belongs to none counts alone. The prefix keeps a principal from being taken for an organization. */
  organization: ({ organizationId, id }) => (organizationId === undefined ? `alone ${id}` : `of ${organizationId}`),
  ip: (_principal, { client }) => network(client?.address ?? ''),
  route: () => '',
};

/** By the principal, whom verifiers hand out again for as long as a token is good: the same text need not be hashed again. */
const TOKEN_SUBJECTS = new WeakMap<Principal, string>();

function tokenSubject(principal: Principal): string {
  let subject = TOKEN_SUBJECTS.get(principal);
  if (subject === undefined) {
    const { apiKeyId, clientId = '' } = principal.credential;
    subject = apiKeyId ?? `${principal.id} ${clientId}`;
    TOKEN_SUBJECTS.set(principal, subject);
  }
  return subject;
}

/** One household or server has a whole /64 of IPv6 (RFC 6177): its addresses count as one. */
function network(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0');
  return `${[...groups, ...after].slice(0, 4).join(':')}::/64`;
}
