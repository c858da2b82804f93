import type { Verifier } from '../verify/create-verifier.ts';
import type { PresentedRequest } from '../verify/presented.ts';
import { certificateIn, type GuardOptions } from './guard.ts';

/** What Express and Fastify requests have of Node's. Structural, so that types of Node are not needed to use this. */
export interface NodeRequest {
  readonly headersDistinct?: Readonly<Record<string, string[] | undefined>>;
  /** Name, value, name, value: what HTTP/2 has in its place. */
  readonly rawHeaders?: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: object;
}

/** A request of Node's `http`, with what a framework knows better: address and caller, behind trusted proxies. */
export function presentNodeRequest(
  request: NodeRequest,
  known: { method: string; url: string; clientAddress: string | undefined },
  options: GuardOptions | Verifier,
): PresentedRequest {
  // Each as it came: Node would keep the first of several Authorization headers, and join several DPoP proofs.
  const header = (name: string): readonly string[] => {
    const { headersDistinct, rawHeaders } = request;
    if (headersDistinct !== undefined) return headersDistinct[name] ?? [];
    if (rawHeaders !== undefined) {
      return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
    }
    const value = request.headers[name];
    return value === undefined ? [] : typeof value === 'string' ? [value] : value;
  };
  const { socket } = request;
  return {
    method: known.method,
    url: known.url,
    header,
    certificate: () =>
      certificateIn(options, {
        connection: () => certificateOf(socket),
        told: () => header('client-cert'),
        address: remoteAddressOf(socket),
      }),
    clientAddress: () => known.clientAddress,
  };
}

/** The certificate of the TLS connection itself. Whether its chain is trusted does not matter here: its key was proved. */
export function certificateOf(socket: object): Uint8Array | undefined {
  if (!('getPeerCertificate' in socket) || typeof socket.getPeerCertificate !== 'function') return undefined;
  const certificate: unknown = socket.getPeerCertificate();
  if (typeof certificate !== 'object' || certificate === null || !('raw' in certificate)) return undefined;
  return certificate.raw instanceof Uint8Array ? certificate.raw : undefined;
}

export function remoteAddressOf(socket: object): string | undefined {
  return 'remoteAddress' in socket && typeof socket.remoteAddress === 'string' ? socket.remoteAddress : undefined;
}
