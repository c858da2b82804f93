import { addressRanges, type Clock, type Logger } from '#base';
import type { TransportErrors } from '../exchange.ts';
import { createSocketTransport } from '../transport/socket-transport.ts';
import { type CheckHandlerParts, checkHandler } from './check-handler.ts';
import { openExtAuthzServer } from './ext-authz-server.ts';

export interface BesideOptions {
  host: string;
  /** nginx, Caddy, Traefik, Envoy over HTTP. */
  port: number;
  /** Envoy over gRPC. */
  grpcPort?: number | undefined;
  trustedProxies: readonly string[];
}

export interface Beside {
  port: number;
  grpcPort: number | undefined;
  close(deadlineMilliseconds: number): Promise<void>;
}

/** Listens for proxies that ask whether a request may pass and carry it themselves. */
export async function openBeside(
  gateway: Pick<CheckHandlerParts, 'check' | 'refuse'> & { errors: TransportErrors },
  { clock, log }: { clock: Clock; log: Logger },
  { host, port, grpcPort, trustedProxies }: BesideOptions,
): Promise<Beside> {
  const isProxy = addressRanges(trustedProxies);
  const { check, refuse, errors } = gateway;
  const handler = checkHandler({ check, refuse, isProxy });
  const transport = createSocketTransport({ handler, errors, clock, log, isProxy });
  const listening = await transport.listen({ host, port });
  try {
    const grpc =
      grpcPort === undefined
        ? undefined
        : await openExtAuthzServer({ check, refuse, isProxy, log }, { host, port: grpcPort });
    return {
      port: listening.port,
      grpcPort: grpc?.port,
      async close(deadlineMilliseconds) {
        await Promise.all([transport.drain(deadlineMilliseconds), grpc?.close(deadlineMilliseconds)]);
      },
    };
  } catch (error) {
    await transport.drain(0);
    throw error;
  }
}
