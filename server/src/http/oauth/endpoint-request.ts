import type { FastifyRequest } from 'fastify';
import type { EndpointRequest } from '#oauth';
import type { PlainRequest } from '../direct/direct-endpoint.ts';
import { clientCertificateReader, unlessRevoked } from './client-certificate.ts';
import { valuesOf } from './header-values.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';
import { formParams } from './read-form.ts';

/** What an endpoint is told of a request, whichever way it came. @throws `form_malformed`, `form_too_large`, `client_cert_repeated`. */
export type EndpointRequestReader = (request: PlainRequest) => EndpointRequest;

export function endpointRequestReader(deps: OAuthRoutesDeps): EndpointRequestReader {
  const { tenantId, revocations, log } = deps;
  const shown = clientCertificateReader(deps);
  const clientCertificate = revocations === undefined ? shown : unlessRevoked(shown, revocations, log);
  return (request) => ({
    tenantId,
    params: formParams(request),
    authorization: request.headers.authorization,
    // Each as it came: Node would join several, and one is all that may be sent (RFC 9449 §4.3).
    dpop: 'dpop' in request.headers ? valuesOf(request.rawHeaders, 'dpop') : undefined,
    certificate: clientCertificate(request),
    method: request.method,
    accept: request.headers.accept,
    ip: request.ip,
  });
}

export function plainly({ method, headers, raw, ip, body }: FastifyRequest): PlainRequest {
  return { method, headers, rawHeaders: raw.rawHeaders, socket: raw.socket, ip, body };
}
