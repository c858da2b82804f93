import type { FieldError } from '#base';
import { checkLimit, checkLimits } from '#limits';
import type { Conflict } from '#resources';
import { checkAddresses } from './address-rules.ts';
import { canonicalTarget } from './canonical-path.ts';
import { checkCors } from './cors-spec.ts';
import { checkKeyPlaces } from './key-places.ts';
import { checkMask, type MaskSpec } from './masking/mask-spec.ts';
import { checkConditions, compileConditions } from './match-conditions.ts';
import {
  fillTemplate,
  foreignParameter,
  type PathPattern,
  PatternError,
  parsePathPattern,
  parseTemplate,
} from './path-pattern.ts';
import { checkIdentityHeaders } from './plain-identity.ts';
import { checkUpstreamHeaders } from './rewrite-headers.ts';
import { acceptedCredentials, isAnonymous, passedApi, type RouteSpec } from './route-spec.ts';
import { Router } from './router.ts';

/** What the schema can't say of one route: everything that would make it dead, ambiguous or misleading. */
export function checkRoute(spec: RouteSpec): FieldError[] {
  const errors: FieldError[] = [];
  const pattern = attempt(errors, 'match.path', () => parsePathPattern(spec.match.path));
  const foreign = pattern && foreignParameter(pattern);
  if (foreign !== undefined) errors.push({ path: 'match.path', message: foreign });
  duplicates(errors, 'match.methods', spec.match.methods);
  errors.push(...checkConditions(spec.match));
  checkAuthentication(errors, spec);
  checkAuthorization(errors, spec, pattern);
  errors.push(...checkRouteLimits(spec));
  errors.push(...checkEnvironments(spec));
  checkUpstream(errors, spec, pattern);
  if (spec.upstream.protocol === 'grpc' && spec.match.methods.some((method) => method !== 'POST')) {
    errors.push({ path: 'match.methods', message: 'gRPC knows POST only' });
  }
  if (spec.upstream.protocol !== undefined && spec.upstream.url === undefined) {
    errors.push({ path: 'upstream.protocol', message: 'goes with `url`' });
  }
  if (spec.webSocket !== undefined && spec.upstream.protocol === 'grpc') {
    errors.push({ path: 'webSocket', message: 'an upstream that speaks gRPC has no WebSockets' });
  }
  if (spec.webSocket !== undefined && !spec.match.methods.includes('GET')) {
    errors.push({ path: 'webSocket', message: 'a WebSocket begins with GET, which this route does not answer' });
  }
  if (spec.mask !== undefined) errors.push(...checkRouteMask(spec, spec.mask));
  if (spec.openapi !== undefined && spec.upstream.protocol === 'grpc') {
    errors.push({ path: 'openapi', message: 'OpenAPI does not describe gRPC' });
  }
  if (spec.upstream.headers !== undefined) errors.push(...checkUpstreamHeaders(spec.upstream.headers));
  if (spec.apiKey !== undefined) {
    errors.push(...checkKeyPlaces(spec.apiKey));
    if (!acceptedCredentials(spec).includes('api_key')) {
      errors.push({ path: 'apiKey', message: 'the route accepts no API keys' });
    }
  }
  if (spec.addresses !== undefined) errors.push(...checkAddresses(spec.addresses));
  if (spec.cors !== undefined) errors.push(...checkCors(spec.cors, spec.match.methods));
  return errors;
}

function checkRouteMask({ upstream, webSocket }: RouteSpec, mask: MaskSpec): FieldError[] {
  const errors = checkMask(mask).map(({ path, message }) => ({ path: `mask.${path}`, message }));
  if (upstream.protocol === 'grpc')
    errors.push({ path: 'mask', message: 'fields are hidden in JSON, and gRPC has none' });
  if (webSocket !== undefined) errors.push({ path: 'mask', message: 'nothing can be hidden in a WebSocket' });
  return errors;
}

function checkAuthentication(errors: FieldError[], spec: RouteSpec): void {
  duplicates(errors, 'authenticate', spec.authenticate ?? []);
  if (isAnonymous(spec) && (spec.authenticate?.length ?? 0) > 1) {
    errors.push({
      path: 'authenticate',
      message: '`anonymous` stands alone: a route either asks who calls or does not',
    });
  }
  const isSession = acceptedCredentials(spec).includes('session');
  if (isSession !== (spec.session !== undefined)) {
    errors.push({ path: 'session', message: 'names the browser_session that goes with `session` in `authenticate`' });
  }
  if (isSession && spec.api === undefined) {
    errors.push({ path: 'api', message: 'name the API that the tokens of the session are for' });
  }
  if (isSession && spec.cors !== undefined) {
    errors.push({
      path: 'cors',
      message: 'a session counts for pages of its own origin alone: make another route for others',
    });
  }
  if (spec.api === undefined && acceptedCredentials(spec).includes('access_token')) {
    errors.push({ path: 'api', message: 'name the API whose audience access tokens must carry' });
  }
}

function checkAuthorization(errors: FieldError[], spec: RouteSpec, pattern: PathPattern | undefined): void {
  const { scopes, roles, policies, resource } = spec.authorize;
  const grants = scopes.length + roles.length > 0 || policies === 'required';
  if (!isAnonymous(spec) && !grants) {
    errors.push({
      path: 'authorize',
      message: 'nothing can grant access: name scopes or roles, or set `policies: required` (deny is the default)',
    });
  }
  if (isAnonymous(spec) && scopes.length + roles.length > 0) {
    errors.push({
      path: 'authorize',
      message: 'an anonymous caller has no scopes and no roles: no request could pass',
    });
  }
  const accepted = acceptedCredentials(spec);
  if (accepted.length === 1 && accepted[0] === 'client_certificate' && scopes.length + roles.length > 0) {
    errors.push({
      path: 'authorize',
      message: 'a client certificate brings no scopes and no roles; let policies decide (`policies: required`)',
    });
  }
  duplicates(errors, 'authorize.scopes', scopes);
  duplicates(errors, 'authorize.roles', roles);
  if (resource !== undefined && pattern !== undefined) {
    attempt(errors, 'authorize.resource.id', () => parseTemplate(resource.id, pattern.names));
  }
}

/** Whose requests an anonymous route can tell apart. */
const ANONYMOUS_SUBJECTS: readonly string[] = ['ip', 'route'];

function checkRouteLimits({ limit, limits = [], authenticate }: RouteSpec): FieldError[] {
  const by = isAnonymous({ authenticate }) ? 'ip' : 'credential';
  const errors = limit === undefined ? checkLimits(limits, 'limits', by) : checkLimit(limit, 'limit');
  if (limit !== undefined && limits.length > 0) {
    errors.push({ path: 'limit', message: 'is one limit, and `limits` are several: keep one of the fields' });
  }
  for (const [path, named] of limit === undefined
    ? limits.map((each, index) => [`limits.${index}.by`, each.by] as const)
    : [['limit.by', limit.by] as const]) {
    if (named !== undefined && !ANONYMOUS_SUBJECTS.includes(named) && isAnonymous({ authenticate })) {
      errors.push({
        path,
        message: 'anonymous callers can be told apart by `ip` only, or counted together by `route`',
      });
    }
  }
  return errors;
}

function checkUpstream(errors: FieldError[], spec: RouteSpec, pattern: PathPattern | undefined): void {
  const { path, accessToken, identityHeaders = {} } = spec.upstream;
  if (accessToken !== undefined && passedApi(spec) === undefined) {
    errors.push({ path: 'upstream.accessToken', message: 'needs `api`: the API that the service is' });
  }
  if (accessToken !== undefined && isAnonymous(spec)) {
    errors.push({ path: 'upstream.accessToken', message: 'is about the caller, and an anonymous route has none' });
  }
  duplicates(errors, 'upstream.accessToken.scopes', accessToken?.scopes ?? []);
  errors.push(...checkIdentityHeaders(identityHeaders, spec.upstream.headers?.set ?? {}));
  if (Object.keys(identityHeaders).length > 0 && isAnonymous(spec)) {
    errors.push({ path: 'upstream.identityHeaders', message: 'are about the caller, and an anonymous route has none' });
  }
  if ((spec.upstream.url === undefined) === (spec.upstream.name === undefined)) {
    errors.push({ path: 'upstream', message: 'needs either `url` or the `name` of an upstream' });
  }
  errors.push(...checkUpstreamUrl(spec.upstream.url, 'upstream.url'));
  if (path === undefined || pattern === undefined) return;
  const template = attempt(errors, 'upstream.path', () => parseTemplate(path, pattern.names));
  if (template === undefined) return;
  // With a harmless value for each parameter the path must already be canonical, and also when the rest has none:
  // `/a/..{rest*}` would climb then.
  const values = pattern.names.map(() => 'x');
  const fillings = [values, ...(pattern.rest === 'any' ? [[...values.slice(0, -1), '']] : [])];
  if (!fillings.every((filling) => isCanonical(fillTemplate(template, filling)))) {
    errors.push({ path: 'upstream.path', message: 'must be a canonical path that begins with a slash' });
  }
}

/** A URL that can't be parsed is the schema's to refuse. */
function checkUpstreamUrl(text: string | undefined, path: string): FieldError[] {
  const url = text === undefined ? null : URL.parse(text);
  return [
    ...(url === null || url.username + url.password === ''
      ? []
      : [{ path, message: 'must not hold a user name or password' }]),
    ...(url === null || url.search + url.hash === '' ? [] : [{ path, message: 'must not hold a query or fragment' }]),
  ];
}

/** Test keys and live keys, where a route tells them apart. */
function checkEnvironments(spec: RouteSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { environments } = spec.authorize;
  const { test } = spec.upstream;
  const message = 'the route takes no API keys, and no tokens made from them';
  if (!acceptedCredentials(spec).some((type) => type === 'api_key' || type === 'access_token')) {
    if (environments !== undefined) errors.push({ path: 'authorize.environments', message });
    if (test !== undefined) errors.push({ path: 'upstream.test', message });
  }
  duplicates(errors, 'authorize.environments', environments ?? []);
  if (test === undefined) return errors;
  if (environments?.includes('test') === false) {
    errors.push({ path: 'upstream.test', message: 'gets no requests: `authorize.environments` refuses test keys' });
  }
  if ((test.url === undefined) === (test.name === undefined)) {
    errors.push({ path: 'upstream.test', message: 'needs either `url` or the `name` of an upstream' });
  }
  return [...errors, ...checkUpstreamUrl(test.url, 'upstream.test.url')];
}

function isCanonical(path: string): boolean {
  const target = canonicalTarget(path);
  return target.ok && target.path + (target.trailingSlash ? '/' : '') === path;
}

function duplicates(errors: FieldError[], path: string, values: readonly string[]): void {
  if (new Set(values).size < values.length) errors.push({ path, message: 'names something twice' });
}

function attempt<T>(errors: FieldError[], path: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    errors.push({ path, message: error.message });
    return undefined;
  }
}

/** Pairs of routes of one tenant that no rule tells apart. An empty list means that every request has one route. */
export function findAmbiguousRoutes(routes: readonly { name: string; spec: RouteSpec }[]): Conflict[] {
  const routers = new Map<string, Router<string>>();
  const found: Conflict[] = [];
  for (const { name, spec } of routes) {
    const host = spec.match.host ?? '';
    const router = routers.get(host) ?? new Router<string>();
    routers.set(host, router);
    const { methods, path } = spec.match;
    const entry = {
      value: name,
      pattern: parsePathPattern(path),
      methods,
      priority: spec.priority,
      conditions: compileConditions(spec.match),
    };
    for (const { value: first } of router.add(entry)) {
      const message = `routes "${first}" and "${name}" match the same requests; change a path, a method, a condition or a priority`;
      found.push({ first, second: name, path: 'match.path', message });
    }
  }
  return found;
}
