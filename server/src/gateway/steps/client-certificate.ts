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
  const shown = exchange.head.certificate;
  const reason = shown?.refusal === undefined ? 'certificate_missing' : 'certificate_revoked';
  exchange.reason = reason;
  return problem('credential_missing', {
    detail: detailFor(shown),
    members: { reason },
    headers: ['www-authenticate', route.challenge],
  });
}

function detailFor(shown: PeerCertificate | undefined): string {
  if (shown === undefined) return 'A client certificate is required. Open a connection over TLS that shows one.';
  switch (shown.refusal) {
    case 'revoked':
      return 'The client certificate of this connection was revoked. Get a new one from its authority.';
    case 'outdated':
      return "Whether the client certificate of this connection was revoked is not known: its authority's list is over.";
    case undefined:
      return 'The client certificate of this connection is not of an authority that is trusted here, or is over.';
  }
}
