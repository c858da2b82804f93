import type { Clock, Logger } from '#base';
import { HTTP1, HTTP2, type ListenerTls } from '../transport/listening.ts';
import { type CertificateSet, type CertificateSetOptions, openCertificates } from './certificate-set.ts';
import { standingOfPeer } from './standing-of-peer.ts';
import { useDefaultContext } from './use-default-context.ts';

export interface OpenListenerTls {
  tls: ListenerTls;
  certificates: CertificateSet;
}

/**
 * TLS of a listener from files: the certificate by the name that the caller asks for (RFC 6066 §3), exchanged while
 * connections stand. Those keep what they agreed on; the next handshake gets the new.
 * @throws `certificate_unusable`.
 */
export function openListenerTls(
  options: CertificateSetOptions & { readonly http2: boolean; readonly onlyTrustedClients?: boolean },
  deps: { clock: Clock; log: Logger },
): OpenListenerTls {
  const { revocations } = options;
  const certificates = openCertificates(options, deps);
  return {
    certificates,
    tls: {
      options: {
        ...certificates.defaultContext(),
        ALPNProtocols: options.http2 ? [HTTP2, HTTP1] : [HTTP1],
        SNICallback: (serverName, done) => done(null, certificates.contextFor(serverName)),
        requestCert: certificates.asksForClientCertificates,
        // Who shows none, or one that nobody vouches for, is otherwise still answered: which routes need one is theirs to say.
        rejectUnauthorized: options.onlyTrustedClients === true && certificates.asksForClientCertificates,
      },
      follow(server) {
        useDefaultContext(server, certificates.defaultContext());
        certificates.onChange(() => useDefaultContext(server, certificates.defaultContext()));
      },
      // Told after the servers have followed, which makes the tickets of before worthless: who is cut can't resume.
      ...(revocations === undefined
        ? {}
        : {
            revocations: {
              standingOf: (shown) => standingOfPeer(shown, revocations, certificates.authorities()),
              onChange: certificates.onChange,
            },
          }),
    },
  };
}
