import { addressRanges, type Clock, type Logger } from '#base';
import type { TransportErrors } from '../exchange.ts';
import type { CertificateSet } from '../tls/certificate-set.ts';
import { type OpenListenerTls, openListenerTls } from '../tls/listener-tls.ts';
import { openRevocationLists } from '../tls/revocation-lists.ts';
import { createSocketTransport } from '../transport/socket-transport.ts';
import { belowFiveHundred, type CheckHandlerParts, checkHandler } from './check-handler.ts';
import { RESETS_OF_PROXIES } from './resets-of-proxies.ts';

export interface BesideOptions {
  host: string;
  /** nginx, Caddy, Traefik, Envoy over HTTP. */
  port: number;
  /** Envoy over gRPC. */
  grpcPort?: number | undefined;
  trustedProxies: readonly string[];
  tls?: BesideTls | undefined;
  /** PEM file of lists of the proxies' certificates that were revoked. */
  revocationLists?: string | undefined;
}

export type BesideTls = Parameters<typeof openListenerTls>[0] & {
  /** Of the certificates that the authorities have issued, whose count. */
  readonly proxyNames?: readonly string[] | undefined;
};

export interface Beside {
  port: number;
  /** Where it speaks TLS: its certificates, and lists of revoked ones. */
  certificates: readonly Pick<CertificateSet, 'status' | 'failedReloads' | 'check' | 'close'>[];
  grpcPort: number | undefined;
  close(deadlineMilliseconds: number): Promise<void>;
}

/** Listens for proxies that ask whether a request may pass and carry it themselves. */
export async function openBeside(
  gateway: Pick<CheckHandlerParts, 'check' | 'refuse'> & { errors: TransportErrors },
  { clock, log }: { clock: Clock; log: Logger },
  { host, port, grpcPort, trustedProxies, tls, revocationLists }: BesideOptions,
): Promise<Beside> {
  const isProxy = addressRanges(trustedProxies);
  const { check, refuse, errors } = gateway;
  // With it comes a library of Protocol Buffers, which only Envoy calls for.
  const extAuthz = grpcPort === undefined ? undefined : await import('./ext-authz-server.ts');
  const revocations =
    revocationLists === undefined
      ? undefined
      : openRevocationLists(revocationLists, { clock, log }, tls?.clientAuthorities);
  const secured = tls && openBesideTls({ ...tls, revocations }, { clock, log });
  const certificates = [secured?.certificates, revocations].filter((set) => set !== undefined);
  const handler = checkHandler({ check, refuse, isProxy, log });
  const transport = createSocketTransport({
    ...{ handler, errors: denials(errors), clock, log, isProxy, tls: secured?.tls },
    limits: { http2ResetsBurst: RESETS_OF_PROXIES, http2ResetsPerSecond: RESETS_OF_PROXIES },
  });
  const grpc = extAuthz?.openExtAuthzServer({ check, refuse, isProxy, log, tls: secured?.tls });
  const close = async (deadlineMilliseconds: number) => {
    for (const set of certificates) set.close();
    await Promise.all([transport.drain(deadlineMilliseconds), grpc?.close(deadlineMilliseconds)]);
  };
  try {
    return {
      port: (await transport.listen({ host, port })).port,
      grpcPort: await grpc?.listen({ host, port: grpcPort ?? 0 }),
      certificates,
      close,
    };
  } catch (error) {
    await close(0);
    throw error;
  }
}

/** A method that nobody knows is 501 elsewhere, and Envoy hands on any: see {@link belowFiveHundred}. */
function denials(errors: TransportErrors): TransportErrors {
  return {
    malformed(reason, status) {
      const reply = errors.malformed(reason, status);
      return { ...reply, ...belowFiveHundred(reply) };
    },
  };
}

/** Where authorities are named, a proxy proves itself in the handshake, besides coming from one of the addresses. */
function openBesideTls({ proxyNames, ...tls }: BesideTls, deps: { clock: Clock; log: Logger }): OpenListenerTls {
  const secured = openListenerTls({ ...tls, onlyTrustedClients: true }, deps);
  if (proxyNames === undefined) return secured;
  const names = new Set(proxyNames);
  return { ...secured, tls: { ...secured.tls, admits: (shown) => shown !== undefined && names.has(shown.name) } };
}
