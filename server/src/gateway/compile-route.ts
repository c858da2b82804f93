import { CREDENTIAL_ENVIRONMENTS, type CredentialEnvironment } from '#base';
import { type Limit, makeLimit } from '#limits';
import { type AddressRules, compileAddresses } from './address-rules.ts';
import { CORS_RULES, type Cors, compileCors } from './cors.ts';
import type { WebSocketTerms } from './exchange.ts';
import type { KeyPlaces } from './key-places.ts';
import { compileMask, type Mask } from './masking/compile-mask.ts';
import { type Conditions, compileConditions } from './match-conditions.ts';
import type { RouteMetrics } from './metrics.ts';
import type { CompiledDocument } from './openapi/compile-document.ts';
import { type PathPattern, parsePathPattern, parseTemplate, type Template } from './path-pattern.ts';
import { compileIdentityHeaders, type PlainIdentity } from './plain-identity.ts';
import type { Named, UpstreamTokenTarget } from './ports.ts';
import { compileRules, type RulesByRequest } from './response-rules.ts';
import { compileHeaderRewrite, type HeaderRewrite } from './rewrite-headers.ts';
import { acceptedCredentials, type CredentialType, isAnonymous, passedApi, type RouteSpec } from './route-spec.ts';
import {
  type CompiledUpstream,
  compileUpstream,
  forTestKeys,
  type UpstreamContext,
} from './upstreams/compile-upstream.ts';

/** A route with everything worked out that does not depend on the request. */
export interface CompiledRoute extends CompiledUpstream {
  readonly tenantId: string;
  readonly name: string;
  /** The API it belongs to, by name. */
  readonly api: string | undefined;
  readonly pattern: PathPattern;
  /** What else it asks of the request. */
  readonly conditions: Conditions | undefined;
  readonly anonymous: boolean;
  readonly accepted: readonly CredentialType[];
  /** Where keys may stand besides the usual places. */
  readonly keyPlaces: KeyPlaces | undefined;
  /** A certificate of the connection is a credential here, where no other is sent. */
  readonly certificateAccepted: boolean;
  /** It must be there besides. */
  readonly certificateRequired: boolean;
  /** Name of the session that counts here. */
  readonly session: string | undefined;
  /** What access tokens must be meant for. Defined whenever they are accepted. */
  readonly expected: { readonly audience: string; readonly tenantId: string } | undefined;
  readonly requiredScopes: readonly string[];
  readonly requiredRoles: readonly string[];
  /** Undefined when all keys are alike here, as at most routes. */
  readonly environments: EnvironmentRules | undefined;
  /** One of these must be the token's `acr`, when there are any. */
  readonly acceptedAcr: readonly string[] | undefined;
  readonly maxAgeSeconds: number | undefined;
  readonly policyRequired: boolean;
  /** External engine that must allow it too. */
  readonly engine: string | undefined;
  /** Undefined: the method. */
  readonly action: string | undefined;
  readonly resourceType: string;
  readonly resourceId: Template;
  /** What requests are held against. */
  readonly openapi: RouteOpenApi | undefined;
  /** What of its responses only some may see. */
  readonly mask: Mask | undefined;
  readonly addresses: AddressRules | undefined;
  readonly cors: Cors | undefined;
  readonly responseRules: RulesByRequest;
  readonly webSocket: WebSocketTerms | undefined;
  /** A streaming answer ends with its credential. */
  readonly cutsWhenRevoked: boolean;
  readonly limits: readonly Limit[];
  readonly upstreamPath: Template | undefined;
  /** The template ends with a rest, so that a trailing slash of the request belongs to it. */
  readonly upstreamPathOpen: boolean;
  /** Of the caller's headers, on their way to the upstream. */
  readonly rewrite: HeaderRewrite | undefined;
  /** Who calls, in headers without a signature. */
  readonly plainIdentity: PlainIdentity | undefined;
  /** The service gets an access token of its own API. */
  readonly upstreamToken: UpstreamTokenTarget | undefined;
  readonly metrics: RouteMetrics;
  /** `WWW-Authenticate` values (RFC 6750 §3). */
  readonly challenge: string;
  readonly challengeInvalid: string;
  readonly challengeScope: string;
  readonly challengeStepUp: string;
}

/** What becomes of keys of one environment, and of tokens made from them. */
export interface EnvironmentRules {
  readonly refused: CredentialEnvironment | undefined;
  /** The route as it is for test keys, when those go elsewhere. */
  readonly forTest: CompiledRoute | undefined;
}

export interface RouteOpenApi {
  readonly name: string;
  readonly document: CompiledDocument;
  readonly mode: 'off' | 'report' | 'enforce';
  readonly multipart: 'check' | 'stream';
  readonly bodyBytesMax: number;
}

export interface CompileContext extends UpstreamContext {
  tenantId: string;
  metrics: RouteMetrics;
  /** The API's description of this name, if it is there and can be used. */
  documentOf?: ((name: string) => CompiledDocument | undefined) | undefined;
  /** Where a client learns which issuer to ask for the API of this name (RFC 9728 §5.1), if anywhere. */
  resourceMetadataUrl?: ((api: string) => string | undefined) | undefined;
}

/** @throws PatternError when not even the path can be read. */
export function compileRoute({ name, spec }: Named<RouteSpec>, context: CompileContext): CompiledRoute {
  const pattern = parsePathPattern(spec.match.path);
  const accepted = acceptedCredentials(spec);
  const audience = spec.api === undefined ? undefined : context.apis.get(spec.api)?.audience;
  const { authorize, upstream } = spec;
  const challenge = challenges(spec, context);
  const openapi = routeOpenApi(spec, context);
  const described = spec.openapi === undefined || openapi !== undefined;
  const route: CompiledRoute = {
    tenantId: context.tenantId,
    name,
    api: spec.api,
    pattern,
    conditions: compileConditions(spec.match),
    openapi,
    mask: spec.mask && compileMask(spec.mask),
    anonymous: isAnonymous(spec),
    accepted,
    keyPlaces: spec.apiKey,
    certificateAccepted: accepted.includes('client_certificate'),
    certificateRequired: spec.clientCertificate === 'required',
    session: spec.session,
    expected: audience === undefined ? undefined : { audience, tenantId: context.tenantId },
    requiredScopes: authorize.scopes,
    requiredRoles: authorize.roles,
    environments: undefined,
    acceptedAcr: authorize.acr,
    maxAgeSeconds: authorize.maxAgeSeconds,
    policyRequired: authorize.policies === 'required',
    engine: authorize.engine ?? (spec.api === undefined ? undefined : context.apis.get(spec.api)?.engine),
    action: authorize.action,
    resourceType: authorize.resource?.type ?? 'Route',
    resourceId:
      authorize.resource === undefined
        ? { literals: [name], captures: [] }
        : parseTemplate(authorize.resource.id, pattern.names),
    addresses: spec.addresses && compileAddresses(spec.addresses),
    cors:
      spec.cors && compileCors(spec.cors, { methods: spec.match.methods, accepted, keyHeader: spec.apiKey?.header }),
    responseRules: compileRules({ cors: spec.cors && CORS_RULES, security: spec.securityHeaders === true }),
    webSocket: spec.webSocket && {
      idleMilliseconds: spec.webSocket.idleSeconds * 1000,
      totalMilliseconds: spec.webSocket.maxSeconds * 1000,
    },
    cutsWhenRevoked: spec.whenRevoked !== 'finish',
    limits: routeLimits(name, spec, context.tenantId),
    ...compileUpstream(spec, described, context),
    upstreamPath: upstream.path === undefined ? undefined : parseTemplate(upstream.path, pattern.names),
    upstreamPathOpen: pattern.rest !== 'none' && (upstream.path?.endsWith('}') ?? false),
    plainIdentity: compileIdentityHeaders(upstream.identityHeaders),
    upstreamToken: upstreamToken(spec),
    rewrite: compileHeaderRewrite(upstream.headers),
    metrics: context.metrics,
    ...challenge,
  };
  const refused = CREDENTIAL_ENVIRONMENTS.find((each) => authorize.environments?.includes(each) === false);
  const ofTest = forTestKeys(spec);
  if (refused === undefined && ofTest === undefined) return route;
  const elsewhere = ofTest && compileUpstream(ofTest, described, context);
  // Whether the caller must speak HTTP/2 is judged before it is known who he is: both must ask for the same.
  const alike = elsewhere?.upstream.http2 === route.upstream.http2;
  const forTest = elsewhere && { ...route, ...elsewhere, closed: alike ? elsewhere.closed : ('unusable' as const) };
  return { ...route, environments: { refused, forTest } };
}

function upstreamToken(spec: RouteSpec): UpstreamTokenTarget | undefined {
  const api = passedApi(spec);
  return api === undefined ? undefined : { api, scopes: spec.upstream.accessToken?.scopes };
}

function routeOpenApi({ openapi }: RouteSpec, { documentOf }: CompileContext): RouteOpenApi | undefined {
  const document = openapi && documentOf?.(openapi.document);
  return (
    document && {
      name: openapi.document,
      document,
      mode: openapi.validate,
      multipart: openapi.multipart,
      bodyBytesMax: openapi.bodyBytesMax,
    }
  );
}

function routeLimits(name: string, spec: RouteSpec, tenantId: string): readonly Limit[] {
  const specs = spec.limit === undefined ? (spec.limits ?? []) : [spec.limit];
  const by = isAnonymous(spec) ? 'ip' : 'credential';
  return specs.map((limit, index) =>
    makeLimit({ tenantId, owner: `route ${name}`, name: index === 0 ? 'route' : `route-${index + 1}`, by }, limit),
  );
}

function challenges(spec: RouteSpec, context: CompileContext) {
  const metadata = spec.api === undefined ? undefined : context.resourceMetadataUrl?.(spec.api);
  const { scopes, acr, maxAgeSeconds } = spec.authorize;
  const realm = `Bearer realm="${spec.api ?? 'gatehouse'}"${metadata === undefined ? '' : `, resource_metadata="${metadata}"`}`;
  const scope = scopes.length === 0 ? '' : `, scope="${scopes.join(' ')}"`;
  // RFC 6750 §3: the scope is told at once, so that a client asks for the right token the first time.
  const challenge = `${realm}${scope}`;
  const strength = acr === undefined ? '' : `, acr_values="${acr.join(' ')}"`;
  const age = maxAgeSeconds === undefined ? '' : `, max_age="${maxAgeSeconds}"`;
  return {
    challenge,
    // RFC 9470 §3.
    challengeStepUp: `${challenge}, error="insufficient_user_authentication"${strength}${age}`,
    challengeInvalid: `${challenge}, error="invalid_token"`,
    challengeScope: `${challenge}, error="insufficient_scope"`,
  };
}
