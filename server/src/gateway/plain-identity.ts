import { z } from 'zod';
import type { FieldError, Principal } from '#base';
import { isRemovedHeader } from './upstream-headers.ts';

/**
 * Who calls, in headers without a signature, for services that know no JWT. Only names under which nothing a caller sends
 * ever passes, in no spelling and on no route: so a service that believes such a name can't be lied to through the gateway.
 */

const HEADERS_MAX = 12;

/** What can be told of a caller. Lists are in one line, with spaces between. */
const FACTS = {
  id: ({ id }: Principal) => id,
  type: ({ type }: Principal) => type,
  organization: ({ organizationId }: Principal) => organizationId,
  roles: ({ roles }: Principal) => inOneLine(roles),
  groups: ({ groups }: Principal) => inOneLine(groups),
  scopes: ({ scopes }: Principal) => inOneLine(scopes),
  client: ({ credential }: Principal) => credential.clientId,
  credential: ({ credential }: Principal) => credential.id,
  environment: ({ credential }: Principal) => credential.environment,
  actor: ({ act }: Principal) => act?.sub,
  plan: ({ plan }: Principal) => plan,
} satisfies Record<string, (principal: Principal) => string | undefined>;

type Fact = keyof typeof FACTS;
const FACT_NAMES = Object.keys(FACTS) as [Fact, ...Fact[]];

/** Names that services and proxies know for an identity. Whether callers can't set them, `isRemovedHeader` says. */
const NAMES = [
  /^(x-)?remote-(user|email|groups?|name)$/,
  /^x-(user|auth|webauth|consumer|authenticated)-[a-z0-9-]+$/,
  /^x-(user|username|userid|principal|subject|roles?|scopes?|groups|email)$/,
  /^x-(tenant|organization|org|principal)-id$/,
  /^x-forwarded-(user|email|groups|preferred-username)$/,
];

export const identityHeadersSchema = z
  .record(z.string().max(64), z.enum(FACT_NAMES))
  .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `${HEADERS_MAX} at most`);

export type IdentityHeadersSpec = z.output<typeof identityHeadersSchema>;

/** What the schema can't say. */
export function checkIdentityHeaders(
  headers: IdentityHeadersSpec,
  set: Readonly<Record<string, string>>,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of Object.keys(headers)) {
    const path = `upstream.identityHeaders.${name}`;
    if (!NAMES.some((known) => known.test(name)) || !isRemovedHeader(name)) {
      const message =
        'is no name under which callers can send nothing: take `remote-user`, `x-user-…`, `x-auth-…`, `x-roles`, `x-organization-id` or their like, in lower case';
      errors.push({ path, message });
    } else if (name in set) errors.push({ path, message: 'is set by `headers` as well; keep one of them' });
  }
  return errors;
}

export type PlainIdentity = readonly (readonly [header: string, fact: (principal: Principal) => string | undefined])[];

/** Undefined when nothing is told, so that most requests cost nothing. */
export function compileIdentityHeaders(spec: IdentityHeadersSpec | undefined): PlainIdentity | undefined {
  const told = Object.entries(spec ?? {}).map(([header, fact]) => [header, FACTS[fact]] as const);
  return told.length === 0 ? undefined : told;
}

/**
 * @param carried another program carries the request: what there is nothing to tell of is told empty, since a proxy that
 * copies only what is there would let the caller's own through.
 */
export function plainIdentity(told: PlainIdentity, principal: Principal, carried: boolean): string[] {
  const headers: string[] = [];
  for (const [header, factOf] of told) {
    const value = factOf(principal);
    if (value !== undefined && value !== '') headers.push(header, written(value));
    else if (carried) headers.push(header, '');
  }
  return headers;
}

function inOneLine(values: readonly string[] = []): string | undefined {
  return values.length === 0 ? undefined : values.join(' ');
}

/** Subjects are the words of their issuers: what a header can't hold, and the percent sign, is percent-encoded as UTF-8. */
function written(value: string): string {
  return /^[\x20-\x24\x26-\x7e]*$/.test(value)
    ? value
    : value.toWellFormed().replaceAll(/[^\x20-\x24\x26-\x7e]/gu, encodeURIComponent);
}
