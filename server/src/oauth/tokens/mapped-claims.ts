import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import type { UserClaims } from '../ports.ts';

/** What a claim can be made of. The person's are left out where no person takes part. */
export interface ClaimSource {
  client: { id: string; name: string };
  person: (UserClaims & { id: string }) | undefined;
  scopes: readonly string[];
}

type Value = string | number | boolean | readonly string[] | undefined;

/** The words of `from`, one fact each. */
const SOURCES = {
  'client.id': ({ client }) => client.id,
  'client.name': ({ client }) => client.name,
  'user.id': ({ person }) => person?.id,
  'user.name': ({ person }) => person?.name,
  'user.locale': ({ person }) => person?.locale,
  'user.email': ({ person }) => person?.email,
  'user.email_verified': ({ person }) => person?.emailVerified,
  'user.roles': ({ person }) => person?.roles,
  'user.groups': ({ person }) => person?.groups,
  'user.organization': ({ person }) => person?.organizationId,
} as const satisfies Record<string, (source: ClaimSource) => Value>;

const SOURCE_NAMES = Object.keys(SOURCES) as (keyof typeof SOURCES)[];

/** Claims that say what a token is and what it is good for: nobody declares those otherwise. */
const OURS = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'typ', 'client_id', 'azp', 'scope', 'cnf', 'act', 'may_act'],
  ...['auth_time', 'acr', 'amr', 'nonce', 'at_hash', 'c_hash', 's_hash', 'sid', 'grant_id', 'organization_id', 'roles'],
  ...['groups', 'origins', 'principal_type', 'api_key_id', 'client_secret_id', 'authorization_details', 'events'],
  ...['token_introspection', 'entitlements', 'api_key_environment'],
]);

const CLAIMS_MAX = 30;
const VALUE_LENGTH_MAX = 256;

const mapping = z.strictObject({
  from: z.enum(SOURCE_NAMES).optional().describe('What it is taken from.'),
  attribute: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe('The person’s attribute that it is, as user_schema has it.'),
  value: z
    .union([z.string().max(VALUE_LENGTH_MAX), z.boolean(), z.int(), z.array(z.string().max(VALUE_LENGTH_MAX)).max(20)])
    .optional()
    .describe('What it always is, instead.'),
  scope: z.string().min(1).max(100).optional().describe('Only in tokens of this scope.'),
  prefix: z
    .string()
    .max(64)
    .optional()
    .describe('Of a list, only what begins so, without it: `weather-` makes `admin` of `weather-admin`.'),
});

/** Claim to what it is made of. */
export const claimsMappingSchema = z
  .record(z.string().min(1).max(200), mapping)
  .refine((claims) => Object.keys(claims).length <= CLAIMS_MAX, `At most ${CLAIMS_MAX} claims.`);

export type ClaimsMapping = z.output<typeof claimsMappingSchema>;

/** Rules across fields. */
export function checkClaimsMapping(claims: ClaimsMapping | undefined): FieldError[] {
  return Object.entries(claims ?? {}).flatMap(([name, { from, attribute, value }]) => {
    const path = `claims.${name}`;
    if (OURS.has(name)) return [{ path, message: 'This claim says what the token is. Choose another name.' }];
    if (!/^[\x21-\x7e]+$/.test(name) || name === '__proto__') return [{ path, message: 'Use printable characters.' }];
    const given = [from, attribute, value].filter((source) => source !== undefined);
    return given.length === 1 ? [] : [{ path, message: 'Give one of from, attribute and value.' }];
  });
}

/** The declared claims of one token. What is not known is left out; a claim is never null. */
export function mappedClaims(mapping: ClaimsMapping | undefined, source: ClaimSource): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [name, { from, attribute, value, scope, prefix }] of Object.entries(mapping ?? {})) {
    if (scope !== undefined && !source.scopes.includes(scope)) continue;
    const known = from === undefined ? attributeOf(source, attribute) : SOURCES[from](source);
    const found = value ?? narrowed(known, prefix);
    if (found !== undefined) claims[name] = found;
  }
  return claims;
}

/** By its own name alone: what every object has is no attribute. Of structures nothing is told. */
function attributeOf({ person }: ClaimSource, name: string | undefined): Value {
  const { attributes = {} } = person ?? {};
  if (name === undefined || !Object.hasOwn(attributes, name)) return undefined;
  const value = attributes[name];
  if (Array.isArray(value)) return value.every((each): each is string => typeof each === 'string') ? value : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function narrowed(value: Value, prefix: string | undefined): Value {
  if (prefix === undefined || !Array.isArray(value)) return value;
  return value.filter((each: string) => each.startsWith(prefix)).map((each: string) => each.slice(prefix.length));
}

export const CLAIMS_DESCRIPTION = `Further claims, each \`from\` one of ${SOURCE_NAMES.join(', ')}, an \`attribute\` of the person, or a fixed \`value\`. At most ${CLAIMS_MAX}, ${LIMITS.textLengthMax} characters a text.`;
