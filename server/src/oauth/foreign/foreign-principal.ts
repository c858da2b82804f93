import { createHash } from 'node:crypto';
import type { Principal } from '#base';
import { isScope } from '../clients/scope.ts';
import type { ForeignIssuerSpec } from './foreign-issuer-schema.ts';

const SUBJECT_LENGTH_MAX = 255;
const CREDENTIAL_ID_LENGTH_MAX = 128;
const VALUES_MAX = 200;

/**
 * Who a token of another issuer is, in our words. The id begins with the issuer, so that no `sub` of his can be the id of
 * anybody here, or of another issuer's. A string instead says why he is nobody.
 */
export function foreignPrincipal(
  spec: ForeignIssuerSpec,
  tenantId: string,
  claims: Readonly<Record<string, unknown>>,
  text: string,
): Principal | string {
  const { sub, jti, exp, acr, amr, auth_time: authTime } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > SUBJECT_LENGTH_MAX || !PRINTABLE.test(sub)) {
    return 'it has no usable subject (sub)';
  }
  const clientId = textOf(claims.client_id) ?? textOf(claims.azp) ?? textOf(claims.cid);
  const organizationId = spec.organization && organizationOf(spec.organization, claims);
  if (spec.organization !== undefined && organizationId === undefined) return 'its organization is not known here';
  const id = textOf(jti);
  return {
    type: clientId === sub ? 'client' : 'user',
    id: `${spec.issuer}#${sub}`,
    tenantId,
    ...(organizationId === undefined ? {} : { organizationId }),
    roles: rolesOf(spec, claims),
    scopes: valuesAt(claims, spec.scopes.claim).filter(
      (scope) => isScope(scope) && spec.scopes.allowed.includes(scope),
    ),
    credential: {
      type: 'access_token',
      id: `${spec.issuer}#${id ?? createHash('sha256').update(text).digest('base64url')}`,
      ...(clientId === undefined ? {} : { clientId: `${spec.issuer}#${clientId}` }),
      expiresAt: Number(exp),
    },
    ...(typeof acr === 'string' && acr.length <= 128 ? { acr } : {}),
    ...(Array.isArray(amr) ? { amr: amr.filter((each): each is string => typeof each === 'string').slice(0, 20) } : {}),
    ...(typeof authTime === 'number' ? { authTime } : {}),
  };
}

const PRINTABLE = /^[\x20-\x7e]+$/;

function textOf(value: unknown): string | undefined {
  const usable = typeof value === 'string' && value !== '' && value.length <= CREDENTIAL_ID_LENGTH_MAX;
  return usable && PRINTABLE.test(value) ? value : undefined;
}

function rolesOf({ roles }: ForeignIssuerSpec, claims: Readonly<Record<string, unknown>>): string[] {
  if (roles === undefined) return [];
  const ours = valuesAt(claims, roles.claim).flatMap((word) =>
    Object.hasOwn(roles.values, word) ? [roles.values[word] ?? ''] : [],
  );
  return [...new Set(ours)];
}

/** One, and known: of two, which one he acts for would be chance. */
function organizationOf(
  { claim, values }: { claim: string; values: Record<string, string> },
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  const [word, ...others] = valuesAt(claims, claim);
  return word !== undefined && others.length === 0 && Object.hasOwn(values, word) ? values[word] : undefined;
}

/** A text is parted at spaces, as scopes are. A name with dots is first a name: `https://acme.com/roles` is one. */
function valuesAt(claims: Readonly<Record<string, unknown>>, name: string): string[] {
  let value: unknown = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (value === undefined && name.includes('.')) {
    value = claims;
    for (const part of name.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, part)
          ? Reflect.get(value, part)
          : undefined;
    }
  }
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(' ') : [];
  return list.filter((each): each is string => typeof each === 'string' && each !== '').slice(0, VALUES_MAX);
}
