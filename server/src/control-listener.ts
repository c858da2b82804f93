import { once } from 'node:events';
import type { Server } from 'node:https';
import type { Configuration } from '#configuration';
import { openListenerTls, openRevocationLists, type RevocationLists } from '#gateway';
import { type buildProbeServer, type ControlTls, type ListenerCertificates, secureDoor } from '#http';
import type { Foundation } from './foundation.ts';

/** A listener of Fastify's. */
export interface ControlPlane {
  /** Where this machine reaches it. */
  localUrl: string;
  /** PEM file of the certificate that it shows there. Absent for plain HTTP. */
  localCertificate: string | undefined;
  close(): Promise<void>;
}

type ControlServer = ReturnType<typeof buildProbeServer>;

export interface ControlSecurity {
  secured: ControlTls | undefined;
  certificates: readonly ListenerCertificates[];
  /** Certificates in them authenticate nobody. */
  revocations: RevocationLists | undefined;
}

/** @throws `certificate_unusable` */
export function openControlTls({ configuration, clock, log }: Foundation): ControlSecurity {
  const { tls, certificatePort, revocationLists, revocationAuthorities } = configuration.listeners.control;
  const revocations =
    revocationLists === undefined
      ? undefined
      : openRevocationLists(revocationLists, { clock, log }, revocationAuthorities);
  const listed = revocations === undefined ? [] : [{ listener: 'control' as const, set: revocations }];
  if (tls === undefined) return { secured: undefined, certificates: listed, revocations };
  const { tls: listenerTls, certificates } = openListenerTls({ ...tls, http2: false }, { clock, log });
  const certificateDoor = certificatePort === undefined ? undefined : secureDoor(listenerTls, true);
  return {
    secured: { tls: listenerTls, certificateDoor },
    certificates: [{ listener: 'control', set: certificates }, ...listed],
    revocations,
  };
}

/** @throws what the system says when it can't listen there: nothing listens then. */
export async function listenForControl(
  server: ControlServer,
  { listeners }: Configuration,
  { secured, certificates }: ControlSecurity,
): Promise<ControlPlane> {
  const { host, port, tls, certificatePort = 0 } = listeners.control;
  await server.listen({ host, port });
  const door = secured?.certificateDoor;
  if (door !== undefined) await listenAt(door, host, certificatePort).catch((error) => failed(server, error));
  const address = server.server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  const scheme = tls === undefined ? 'http' : 'https';
  return {
    localUrl: `${scheme}://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${actualPort}`,
    localCertificate: tls?.certificates[0]?.certificate,
    async close() {
      for (const { set } of certificates) set.close();
      await server.close();
    },
  };
}

async function listenAt(door: Server, host: string, port: number): Promise<void> {
  door.listen({ host, port });
  await once(door, 'listening');
}

async function failed(server: ControlServer, error: unknown): Promise<never> {
  await server.close();
  throw error;
}
