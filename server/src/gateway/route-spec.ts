import { z } from 'zod';
import { CREDENTIAL_ENVIRONMENTS, LIMITS } from '#base';
import { limitSchema, limitsSchema } from '#limits';
import { addressesSchema } from './address-rules.ts';
import { corsSchema } from './cors-spec.ts';
import { keyPlacesSchema } from './key-places.ts';
import { maskSchema } from './masking/mask-spec.ts';
import { headerConditionsSchema, queryConditionsSchema } from './match-conditions.ts';
import { routeOpenApiSchema } from './openapi/document-spec.ts';
import { identityHeadersSchema } from './plain-identity.ts';
import { upstreamHeadersSchema } from './rewrite-headers.ts';

/** Methods a route may answer. CONNECT and TRACE are not forwarded (RFC 9110 §9.3.6, §9.3.8). */
export const ROUTE_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Credentials a route may accept, and what each is called in `WWW-Authenticate` and problem documents. */
export const CREDENTIAL_TYPES = ['api_key', 'access_token', 'session', 'client_certificate'] as const;
export type CredentialType = (typeof CREDENTIAL_TYPES)[number];

const name = z
  .string()
  .max(LIMITS.nameLengthMax)
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a name: lower-case letters, digits and hyphens');
const text = z.string().max(LIMITS.textLengthMax);
/** RFC 6749 §3.3 scope-token. */
const scope = z
  .string()
  .max(128)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope: printable, without space, quote or backslash');
const word = z
  .string()
  .max(128)
  .regex(/^[A-Za-z][A-Za-z0-9_:.-]*$/, 'must begin with a letter and hold letters, digits and `_ : . -` only');
const upstreamUrl = z.url({ protocol: /^https?$/ }).max(LIMITS.urlLengthMax);
/** The name of a Cedar entity type, which is how policies speak of resources. */
const entityType = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*(::[A-Za-z_][A-Za-z0-9_]*)*$/,
    'must be the name of a kind of thing, for example `City` or `Shop::Order`',
  );

export const routeSchema = z.strictObject({
  description: text.optional(),
  enabled: z
    .boolean()
    .default(true)
    .describe('A disabled route still owns its path: it answers 404, and no broader route answers in its place.'),
  priority: z.int().min(-1000).max(1000).default(0).describe('Higher wins over a more specific path. Rarely needed.'),
  match: z.strictObject({
    host: z
      .string()
      .max(253)
      .regex(
        /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
        'must be a lower-case host name without port',
      )
      .optional()
      .describe('Only requests with this Host, without port. Every host when left out.'),
    path: z
      .string()
      .min(1)
      .max(1024)
      .describe('`/orders/{id}` takes one segment as a parameter, `/files/{rest*}` all that follows.'),
    methods: z.array(z.enum(ROUTE_METHODS)).min(1).max(ROUTE_METHODS.length),
    headers: headerConditionsSchema,
    query: queryConditionsSchema,
  }),
  api: name.optional().describe('The API whose audience access tokens must carry.'),
  authenticate: z
    .array(z.enum(['anonymous', ...CREDENTIAL_TYPES]))
    .min(1)
    .max(5)
    .optional()
    .describe('API keys and, with `api`, access tokens when left out. `anonymous` stands alone.'),
  session: name
    .optional()
    .describe('The browser_session whose cookie counts here. Goes with `session` in `authenticate`.'),
  apiKey: keyPlacesSchema
    .optional()
    .describe('Where an API key may stand besides `X-API-Key` and `Authorization: Bearer`.'),
  clientCertificate: z
    .literal('required')
    .optional()
    .describe(
      'Besides any other credential, the caller must show a certificate of an authority that the listener trusts.',
    ),
  authorize: z
    .strictObject({
      scopes: z.array(scope).max(LIMITS.listLengthMax).default([]).describe('The credential must hold all of these.'),
      roles: z
        .array(name)
        .max(LIMITS.listLengthMax)
        .default([])
        .describe('The principal must hold at least one of these.'),
      environments: z
        .array(z.enum(CREDENTIAL_ENVIRONMENTS))
        .min(1)
        .max(CREDENTIAL_ENVIRONMENTS.length)
        .optional()
        .describe(
          'Of which environments keys, and tokens made from keys, are taken; of both when left out. `[live]` refuses test keys.',
        ),
      policies: z
        .enum(['required', 'optional'])
        .default('optional')
        .describe('`required`: a policy must permit. Policies that forbid always apply.'),
      /** How strongly the person must have signed in: one of these must be the token's `acr` (RFC 9470). */
      acr: z
        .array(
          z
            .string()
            .max(128)
            .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be printable, without space, quote or backslash'),
        )
        .min(1)
        .max(10)
        .optional(),
      /** How long ago the person may have signed in, in seconds (RFC 9470). */
      maxAgeSeconds: z.int().min(1).max(31_536_000).optional(),
      /** The external engine that must allow it too, asked after everything here has allowed. */
      engine: name.optional(),
      /** What the request does, in the words of policies. The method when left out; HEAD counts as GET. */
      action: word.optional(),
      /** What it does that to. The route itself when left out. `id` may hold parameters of the path. */
      resource: z.strictObject({ type: entityType, id: z.string().min(1).max(512) }).optional(),
    })
    .default({ scopes: [], roles: [], policies: 'optional' })
    .describe('What grants the call. With no scope, no role and no policy to go by, the route is closed.'),
  openapi: routeOpenApiSchema.optional().describe('Hold requests against the description of the API.'),
  mask: maskSchema.optional().describe('Fields of JSON responses that only some may see.'),
  addresses: addressesSchema.optional().describe('From which addresses it may be called, whoever calls.'),
  cors: corsSchema.optional().describe('Which pages of other origins may call it from a browser.'),
  securityHeaders: z
    .boolean()
    .optional()
    .describe(
      'Add X-Content-Type-Options, frame-ancestors, Referrer-Policy and, over https, Strict-Transport-Security where the upstream says nothing of them.',
    ),
  whenRevoked: z
    .enum(['cut', 'finish'])
    .optional()
    .describe('What becomes of an answer that is still streaming when its credential is revoked; cut when left out.'),
  webSocket: z
    .strictObject({
      idleSeconds: z.int().min(5).max(86_400).default(300),
      maxSeconds: z.int().min(5).max(604_800).default(86_400),
    })
    .optional()
    .describe('Callers may go on as WebSockets: programs, and pages of the own origin and of those in `cors`.'),
  limit: limitSchema.optional().describe('How many requests, by `credential` unless `by` says otherwise.'),
  limits: limitsSchema.optional().describe('Several, all of which apply. Instead of `limit`.'),
  upstream: z.strictObject({
    url: upstreamUrl.optional().describe('`http://host:port`, with a base path if the service has one.'),
    name: name
      .optional()
      .describe('An upstream with several targets, health and time limits of its own. Instead of `url`.'),
    test: z
      .strictObject({ url: upstreamUrl.optional(), name: name.optional() })
      .optional()
      .describe(
        'Where requests with test keys, or tokens made from them, go instead: `url` or `name`. All else is alike.',
      ),
    protocol: z
      .enum(['http/1.1', 'grpc'])
      .optional()
      .describe('`grpc`: HTTP/2 with trailers, for callers who speak HTTP/2 themselves. With `url`.'),
    path: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .describe(
        "Path at the service, after the base path, with parameters of the match. The request's own when left out.",
      ),
    headers: upstreamHeadersSchema.optional().describe('What the service gets to see of the headers.'),
    timeoutSeconds: z.number().min(0.1).max(3600).default(30).describe('With `url`: until the response head has come.'),
    sendIdentity: z
      .boolean()
      .default(true)
      .describe('Send the verified identity as a signed `Gatehouse-Identity` header.'),
    identityHeaders: identityHeadersSchema
      .optional()
      .describe('Tell the service who calls in plain headers as well: header to what it tells, as `x-user-id: id`.'),
    accessToken: z
      .strictObject({
        api: name.optional().describe("The API that the service is; the route's own when left out."),
        scopes: z
          .array(scope)
          .max(LIMITS.listLengthMax)
          .optional()
          .describe("At most these of the caller's; all that the API knows when left out."),
      })
      .optional()
      .describe(
        'Send an access token about the caller as `Authorization: Bearer`, which the service can exchange for others (RFC 8693).',
      ),
  }),
});

export type RouteSpec = z.output<typeof routeSchema>;

/** What the route accepts, once defaults are applied. */
export function acceptedCredentials(spec: Pick<RouteSpec, 'api' | 'authenticate'>): readonly CredentialType[] {
  if (spec.authenticate === undefined) return spec.api === undefined ? ['api_key'] : ['api_key', 'access_token'];
  return CREDENTIAL_TYPES.filter((type) => spec.authenticate?.includes(type));
}

/** The API whose access tokens the upstream gets, if it gets any. */
export function passedApi({ api, upstream: { accessToken } }: Pick<RouteSpec, 'api' | 'upstream'>): string | undefined {
  return accessToken === undefined ? undefined : (accessToken.api ?? api);
}

export function isAnonymous(spec: Pick<RouteSpec, 'authenticate'>): boolean {
  return spec.authenticate?.includes('anonymous') ?? false;
}
