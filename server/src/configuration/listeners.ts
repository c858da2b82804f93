import { resolve } from 'node:path';
import type { ConfigurationFile } from './configuration-schema.ts';

/** Where the program listens. Paths are absolute. */
export interface Listeners {
  control: ControlListener;
  gateway: GatewayListener;
  beside?: BesideListener;
}

interface Listener {
  host: string;
  port: number;
  /** PEM file of lists of revoked client certificates. */
  revocationLists?: string;
}

/** What every listener that speaks TLS has of its own. */
export interface OwnTls {
  certificates: readonly { certificate: string; key: string }[];
  minimumVersion: '1.2' | '1.3';
}

export interface ListenerTls extends OwnTls {
  clientAuthorities?: string;
  http2: boolean;
}

export interface BesideTls extends ListenerTls {
  /** Of the certificates of those authorities, whose count. All of them when absent. */
  proxyNames?: readonly string[];
}

/** Where no authorities of clients are named, those who sign the lists are. */
interface RevocationSigners {
  revocationAuthorities?: string;
}

export interface ControlListener extends Listener, RevocationSigners {
  tls?: OwnTls;
  /** Where callers are asked for their certificate. Only with `tls`. */
  certificatePort?: number;
}

export interface BesideListener extends Listener {
  /** Where Envoy asks over gRPC, if anywhere. */
  grpcPort?: number;
  tls?: BesideTls;
}

export interface GatewayListener extends Listener, RevocationSigners {
  /** Where callers reach it, where somebody said so. */
  url?: string | undefined;
  tls?: ListenerTls;
  /** Addresses and ranges whose connections begin with a PROXY header. */
  proxyProtocol?: readonly string[];
  cleartextHttp2: boolean;
  connectionsPerAddress: number;
}

/** Files are named from the folder of the configuration file. */
export function listenersIn(folder: string, { control, gateway, beside }: ConfigurationFile['listeners']): Listeners {
  const own = ({ certificates, minimumVersion }: OwnTls): OwnTls => ({
    certificates: certificates.map(({ certificate, key }) => ({
      certificate: resolve(folder, certificate),
      key: resolve(folder, key),
    })),
    minimumVersion,
  });
  const asking = (tls: OwnTls & { clientAuthorities?: string | undefined; http2: boolean }): ListenerTls => ({
    ...own(tls),
    http2: tls.http2,
    ...(tls.clientAuthorities === undefined ? {} : { clientAuthorities: resolve(folder, tls.clientAuthorities) }),
  });
  const lists = ({ revocationLists }: { revocationLists?: string | undefined }) =>
    revocationLists === undefined ? {} : { revocationLists: resolve(folder, revocationLists) };
  const signers = ({ revocationAuthorities }: { revocationAuthorities?: string | undefined }): RevocationSigners =>
    revocationAuthorities === undefined ? {} : { revocationAuthorities: resolve(folder, revocationAuthorities) };
  return {
    control: {
      ...lists(control),
      ...signers(control),
      ...{ host: control.host, port: control.port },
      ...(control.tls === undefined ? {} : { tls: own(control.tls) }),
      ...(control.certificatePort === undefined ? {} : { certificatePort: control.certificatePort }),
    },
    gateway: {
      ...lists(gateway),
      ...signers(gateway),
      ...{ host: gateway.host, port: gateway.port, url: gateway.url },
      ...{ cleartextHttp2: gateway.cleartextHttp2, connectionsPerAddress: gateway.connectionsPerAddress },
      ...(gateway.tls === undefined ? {} : { tls: asking(gateway.tls) }),
      ...(gateway.proxyProtocol === undefined ? {} : { proxyProtocol: gateway.proxyProtocol }),
    },
    ...(beside === undefined
      ? {}
      : {
          beside: {
            ...lists(beside),
            ...{ host: beside.host, port: beside.port },
            ...(beside.grpcPort === undefined ? {} : { grpcPort: beside.grpcPort }),
            ...(beside.tls === undefined ? {} : { tls: besideTls(asking(beside.tls), beside.tls.proxyNames) }),
          },
        }),
  };
}

function besideTls(tls: ListenerTls, proxyNames: readonly string[] | undefined): BesideTls {
  return proxyNames === undefined ? tls : { ...tls, proxyNames };
}
