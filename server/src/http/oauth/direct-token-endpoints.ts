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
    endpoint: (request: EndpointRequest) => EndpointResponse | Promise<EndpointResponse>,
  ): DirectEndpoint => ({
    method,
    path,
    answer: (request) => {
      const refuse = (thrown: unknown) => {
        const told = { endpoint: path, remoteAddress: request.ip, tenantId };
        return forAnyOrigin(problemResponse(toProblem(deps, thrown, told), issuer));
      };
      try {
        const answer = endpoint(read(request));
        return answer instanceof Promise ? answer.then(forAnyOrigin).catch(refuse) : forAnyOrigin(answer);
      } catch (thrown) {
        return refuse(thrown);
      }
    },
  });
  return [
    direct('POST', '/oauth/token', oauth.token),
    direct('POST', '/oauth/introspect', oauth.introspect),
    direct('POST', '/oauth/revoke', oauth.revoke),
    direct('GET', '/oauth/userinfo', oauth.userinfo),
  ];
}

function forAnyOrigin({ status, headers, body, type }: EndpointResponse): EndpointResponse {
  const answer = { status, headers: { ...ALLOW_ANY, ...headers }, body };
  return type === undefined ? answer : { ...answer, type };
}
