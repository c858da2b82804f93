import { z } from 'zod';
import { type FieldError, LIMITS } from '#base';
import type { Conflict } from '#resources';
import { checkForeignIssuers, foreignIssuersSchema } from '../foreign/foreign-issuer-schema.ts';
import { CLAIMS_DESCRIPTION, checkClaimsMapping, claimsMappingSchema } from '../tokens/mapped-claims.ts';
import { signingAlgSchema } from '../tokens/signing-policy-schema.ts';
import { checkDetailTypes, detailTypesSchema } from './detail-types.ts';
import { IDENTITY_SCOPES, resourceNameSchema, scopeSchema } from './scope.ts';

/** A token that can't be called back lives at most a day; revocations are remembered as long. */
export const ACCESS_TOKEN_TTL_SECONDS_MAX = 86_400;
const ACCESS_TOKEN_TTL_SECONDS_DEFAULT = 900;

/** RFC 8707 §2: an absolute URI without a fragment. */
const audienceSchema = z
  .string()
  .min(1)
  .max(LIMITS.urlLengthMax)
  .refine(
    (text) => /^[\x21-\x7e]+$/.test(text) && !text.includes('#') && URL.canParse(text),
    'An audience is an absolute URI without a fragment, such as https://weather.example.com or urn:weather.',
  );

/** A resource server: what its tokens are for, and which scopes it knows. */
export const apiSchema = z.strictObject({
  audience: audienceSchema.describe('The `aud` of its tokens and the `resource` that clients ask for (RFC 8707).'),
  scopes: z
    .record(scopeSchema, z.string().min(1).max(LIMITS.textLengthMax))
    .default({})
    .describe('Scope to description; the description is what people read when asked to consent.'),
  accessTokenTtlSeconds: z
    .int()
    .min(30)
    .max(ACCESS_TOKEN_TTL_SECONDS_MAX)
    .default(ACCESS_TOKEN_TTL_SECONDS_DEFAULT)
    .describe('Life of its access tokens in seconds.'),
  accessTokenFormat: z
    .enum(['jwt', 'opaque'])
    .optional()
    .describe('jwt (RFC 9068), unless said otherwise. opaque: only we can read it; others introspect.'),
  accessTokenSigningAlg: signingAlgSchema
    .optional()
    .describe('By which algorithm its JWTs are signed. That of the tenant’s signing_policy unless said otherwise.'),
  authorizationDetails: detailTypesSchema,
  issuers: foreignIssuersSchema.optional(),
  claims: claimsMappingSchema.optional().describe(`In its access tokens. ${CLAIMS_DESCRIPTION}`),
  servedAt: z
    .array(z.url({ protocol: /^https?$/ }).max(LIMITS.urlLengthMax))
    .min(1)
    .max(64)
    .optional()
    .describe(
      'Origins behind the gateway that may get its access tokens from routes with `upstream.accessToken`. That of the audience when left out.',
    ),
  engine: resourceNameSchema
    .optional()
    .describe('The external engine that is asked on routes of this API that name none themselves.'),
  description: z.string().max(LIMITS.textLengthMax).optional(),
});

export type ApiSpec = z.output<typeof apiSchema>;

/** Rules across fields. */
export function checkApi(spec: ApiSpec): FieldError[] {
  const names = Object.keys(spec.scopes);
  const problems = names
    .filter((scope) => IDENTITY_SCOPES.has(scope))
    .map((scope) => ({ path: `scopes.${scope}`, message: 'This name belongs to OpenID Connect. Choose another.' }));
  if (names.length > LIMITS.listLengthMax) {
    problems.push({ path: 'scopes', message: `At most ${LIMITS.listLengthMax} scopes.` });
  }
  for (const [index, url] of (spec.servedAt ?? []).entries()) {
    if (URL.parse(url)?.origin === url) continue;
    problems.push({ path: `servedAt.${index}`, message: 'must be an origin, such as http://orders.internal:8080' });
  }
  return [
    ...problems,
    ...checkForeignIssuers(spec.issuers),
    ...checkDetailTypes(spec.authorizationDetails),
    ...checkClaimsMapping(spec.claims),
  ];
}

/**
 * An audience names one API (RFC 8707 §2): the tokens of two that share it would pass for each other's, with scopes that
 * the other never gave out.
 */
export function sharedAudiences(apis: readonly { name: string; spec: ApiSpec }[]): Conflict[] {
  const first = new Map<string, string>();
  return apis.flatMap(({ name, spec: { audience } }) => {
    const other = first.get(audience);
    if (other === undefined) first.set(audience, name);
    return other === undefined
      ? []
      : [{ first: other, second: name, path: 'audience', message: `is the audience of the API "${other}" already` }];
  });
}
