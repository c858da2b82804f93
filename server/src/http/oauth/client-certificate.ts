import { TLSSocket } from 'node:tls';
import { addressRanges, type Logger } from '#base';
import type { RevocationLists } from '#gateway';
import { oauthErrors } from '#oauth';
import type { PlainRequest } from '../direct/direct-endpoint.ts';
import { valuesOf } from './header-values.ts';
import type { OAuthRoutesDeps } from './oauth-routes-deps.ts';

/** DER of the certificate the caller proved to hold in the TLS handshake, with us or with a proxy that we trust. */
export type ClientCertificateReader = (
  request: Pick<PlainRequest, 'socket' | 'headers' | 'rawHeaders'>,
) => Uint8Array | undefined;

/** RFC 9440 §2.1: a byte sequence of structured fields (RFC 8941 §3.3.5). */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;
const CERTIFICATE_BYTES_MAX = 8192;

/**
 * From our own listener's handshake, or from the header `Client-Cert` (RFC 9440) of a proxy in `clientCertificatesFrom`.
 * From anyone else the header says nothing: §4 warns that whoever reaches us around the proxy could be anybody, and another
 * proxy hands on what its callers send. @throws `client_cert_repeated` where such a proxy hands on several (§2.2).
 */
export function clientCertificateReader({
  trustedProxies = [],
  clientCertificatesFrom = [],
}: Pick<OAuthRoutesDeps, 'trustedProxies' | 'clientCertificatesFrom'>): ClientCertificateReader {
  const isTrusted = addressRanges(trustedProxies);
  const tells = addressRanges(clientCertificatesFrom);
  return ({ socket, headers, rawHeaders }) => {
    // A proxy's own certificate is nobody's who calls through it.
    const address = socket.remoteAddress ?? '';
    if (!tells(address)) {
      return socket instanceof TLSSocket && !isTrusted(address) ? socket.getPeerX509Certificate()?.raw : undefined;
    }
    if (!('client-cert' in headers)) return undefined;
    const [header, ...others] = valuesOf(rawHeaders, 'client-cert');
    if (others.length > 0) throw oauthErrors.client_cert_repeated();
    if (header === undefined) return undefined;
    const der = Buffer.from(BYTE_SEQUENCE.exec(header.trim())?.[1] ?? '', 'base64');
    return der.byteLength === 0 || der.byteLength > CERTIFICATE_BYTES_MAX ? undefined : der;
  };
}

/**
 * Asked with each request, so that connections which stand need no closing. A list counts for its issuer's certificates;
 * others are for the registration of the client alone to judge, since each names an authority of its own.
 */
export function unlessRevoked(
  read: ClientCertificateReader,
  revocations: Pick<RevocationLists, 'standingOfDer'>,
  log: Logger,
): ClientCertificateReader {
  return (request) => {
    const der = read(request);
    const standing = der && revocations.standingOfDer(der);
    if (standing !== 'revoked' && standing !== 'outdated') return der;
    log.warn(
      { standing },
      'a client certificate was taken for none: it was revoked, or the list of its issuer is over',
    );
    return undefined;
  };
}
