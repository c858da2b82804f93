import type { CompiledRoute } from '../compile-route.ts';
import type { PeerCertificate } from '../peer-certificate.ts';
import { problem } from '../problems.ts';
import type { RequestExchange, StepResult } from '../request-exchange.ts';

/** The certificate by which the caller can be known, if there is one. */
export function certificateOf({ parts, head, at }: RequestExchange): PeerCertificate | undefined {
  return head.certificate === undefined ? undefined : parts.clientCertificate.identity(head, at);
}

/**
 * Its holder is a workload, known by the name in it. It brings no scope and no role: policies and relationships say what
 * it may do.
 */
export function takeCertificate(
  exchange: RequestExchange,
  route: CompiledRoute,
  certificate: PeerCertificate,
): StepResult {
  const { name, thumbprint, notAfter } = certificate;
  exchange.credentialType = 'client_certificate';
  exchange.principal = {
    type: 'workload',
    id: name,
    tenantId: route.tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'certificate', id: thumbprint, expiresAt: Math.floor(notAfter / 1000) },
  };
  return undefined;
}

/** Not what was sent in the request is at fault, but the connection: another certificate needs another one. */
export function certificateMissing(exchange: RequestExchange, route: CompiledRoute): StepResult {
  exchange.reason = 'certificate_missing';
  const shown = exchange.head.certificate !== undefined;
  return problem('credential_missing', {
    detail: shown
      ? 'The client certificate of this connection is not of an authority that is trusted here, or is over.'
      : 'A client certificate is required. Open a connection over TLS that shows one.',
    members: { reason: 'certificate_missing' },
    headers: ['www-authenticate', route.challenge],
  });
}
