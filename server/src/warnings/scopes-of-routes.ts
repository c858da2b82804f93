import { acceptedCredentials, passedApi, type RouteSpec, routeKind } from '#gateway';
import { apiKind } from '#oauth';
import { type Finding, nearMisses, type WarningCheck } from '#resources';
import { type ApiScopes, hint, scopesOfApis } from './api-scopes.ts';
import type { WarningCode } from './codes.ts';

/**
 * A scope that a route asks for and its API does not declare is carried by no token for that API. A route without an API is
 * for keys, whose scopes need no declaration: of those, only what is one letter from a declared one is told.
 */
export const scopesOfRoutes: WarningCheck = {
  reads: [routeKind, apiKind],
  find(world) {
    const apis = scopesOfApis(world);
    const near = nearMisses([...apis.values()].flatMap((scopes) => [...scopes]));
    return world.all(routeKind).flatMap(({ name, spec }) => {
      const own = spec.api === undefined ? undefined : judgedBy(spec, spec.api, apis);
      const asked = askedOf(spec).flatMap(([path, scope]): Finding[] => {
        if (own !== undefined) return own.has(scope) ? [] : [undeclared(name, path, scope, spec.api ?? '', own)];
        const meant = spec.api === undefined ? near(scope) : undefined;
        return meant === undefined ? [] : [mistyped(name, path, scope, meant)];
      });
      return [...asked, ...passedOn(name, spec, apis)];
    });
  },
};

/** Where keys alone are taken and the API declares nothing, scopes are between the route and the keys. */
function judgedBy(spec: RouteSpec, api: string, apis: ApiScopes): ReadonlySet<string> | undefined {
  const scopes = apis.get(api);
  const takesTokens = acceptedCredentials(spec).some((type) => type === 'access_token' || type === 'session');
  return takesTokens || (scopes?.size ?? 0) > 0 ? scopes : undefined;
}

function askedOf({ authorize, mask }: RouteSpec): [path: string, scope: string][] {
  return [
    ...authorize.scopes.map((scope, index): [string, string] => [`authorize.scopes.${index}`, scope]),
    ...(mask?.groups ?? []).flatMap(({ unless }, group) =>
      unless.scopes.map((scope, index): [string, string] => [`mask.groups.${group}.unless.scopes.${index}`, scope]),
    ),
  ];
}

function passedOn(name: string, spec: RouteSpec, apis: ApiScopes): Finding[] {
  const api = passedApi(spec) ?? '';
  const declared = apis.get(api);
  return (spec.upstream.accessToken?.scopes ?? []).flatMap((scope, index) =>
    declared === undefined || declared.has(scope)
      ? []
      : [undeclared(name, `upstream.accessToken.scopes.${index}`, scope, api, declared)],
  );
}

function undeclared(name: string, path: string, scope: string, api: string, declared: ReadonlySet<string>): Finding {
  return {
    code: 'scope_undeclared' satisfies WarningCode,
    kind: routeKind,
    name,
    path,
    about: scope,
    message: () =>
      `the API "${api}" declares no scope "${scope}", so no access token for it carries it; ${hint(scope, declared, 'declare it there, or leave it out')}`,
  };
}

function mistyped(name: string, path: string, scope: string, meant: string): Finding {
  return {
    code: 'scope_undeclared' satisfies WarningCode,
    kind: routeKind,
    name,
    path,
    about: scope,
    message: () => `no API declares the scope "${scope}"; did you mean "${meant}"?`,
  };
}
