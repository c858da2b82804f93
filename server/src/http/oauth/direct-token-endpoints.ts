import { type EndpointRequest, type EndpointResponse, problemResponse, toProblem } from '#oauth';
import type { DirectEndpoint } from '../direct/direct-endpoint.ts';
import { ALLOW_ANY } from './cors.ts';
import { endpointRequestReader } from './endpoint-request.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';

/**
 * Of the issuer's endpoints, those that are asked for every token, and for every call that shows one. They stand among
 * the framework's routes as well (token-routes.ts).
 */
export function directTokenEndpoints(deps: OAuthRoutesDeps): DirectEndpoint[] {
  const { oauth, issuer, tenantId } = deps;
  const read = endpointRequestReader(deps);
  const direct = (
    method: DirectEndpoint['method'],
    path: string,
    endpoint: (request: EndpointRequest) => Promise<EndpointResponse>,
  ): DirectEndpoint => ({
    method,
    path,
    answer: async (request) => {
      const { headers, ...rest } = await answer(() => endpoint(read(request)), {
        endpoint: path,
        remoteAddress: request.ip,
      });
      return { ...rest, headers: { ...ALLOW_ANY, ...headers } };
    },
  });
  const answer = async (work: () => Promise<EndpointResponse>, told: { endpoint: string; remoteAddress: string }) => {
    try {
      return await work();
    } catch (thrown) {
      return problemResponse(toProblem(deps, thrown, { ...told, tenantId }), issuer);
    }
  };
  return [
    direct('POST', '/oauth/token', oauth.token),
    direct('POST', '/oauth/introspect', oauth.introspect),
    direct('POST', '/oauth/revoke', oauth.revoke),
    direct('GET', '/oauth/userinfo', oauth.userinfo),
  ];
}
