import { type ConnectionOptions, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { Clock, Logger } from '#base';
import { openCertificates } from './certificate-set.ts';

export interface UpstreamTlsOptions {
  /** PEM file of authorities that vouch for upstreams besides those of the system. */
  readonly authorities?: string | undefined;
  /** What is shown to upstreams that ask for a certificate. */
  readonly client?: { readonly certificate: string; readonly key: string } | undefined;
}

/**
 * TLS towards https upstreams. Their certificate is always verified, for the host of the URL; nothing turns that off. Files
 * are followed as those of the listener are: connections that stand keep what they agreed on.
 * @throws `certificate_unusable`.
 */
export function openUpstreamTls(
  { authorities, client }: UpstreamTlsOptions,
  deps: { clock: Clock; log: Logger },
): { options: () => ConnectionOptions; close(): void } {
  const set = openCertificates(
    { certificates: client === undefined ? [] : [client], clientAuthorities: authorities },
    deps,
  );
  const make = (): SecureContext => {
    const { ca = [], ...own } = set.defaultContext();
    // Made once: reading a hundred certificates for each connection would take longer than the handshake.
    return createSecureContext({ ...own, ca: [...getCACertificates('default'), ...[ca].flat()] });
  };
  let secureContext = make();
  set.onChange(() => {
    secureContext = make();
  });
  return { options: () => ({ secureContext }), close: () => set.close() };
}
