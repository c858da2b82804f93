import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { FastifyInstance } from 'fastify';
import type { ListenerTls } from '#gateway';
import { answerClientErrors } from './client-errors.ts';
import { drainDoor } from './drain-door.ts';

export const HTTP_LIMITS = {
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 32 * 1024,
} as const;
const HANDSHAKE_MILLISECONDS = 10_000;

/** How the control plane speaks TLS. HTTP/1.1 alone: what is asked often is answered on the socket itself (ADR 20). */
export interface ControlTls {
  tls: ListenerTls;
  /** A second door to the same, where callers are asked for their certificate (RFC 8705 §5). Nobody listens there yet. */
  certificateDoor: Server | undefined;
}

/**
 * @param asksForCertificate Any certificate will do: whose it is, and who must vouch for it, is the client's registration
 *   to say. On the door for browsers it is never asked, because they would ask the person to choose one.
 */
export function secureDoor({ options, follow }: ListenerTls, asksForCertificate: boolean): Server {
  const door = createServer({
    ...options,
    ...HTTP_LIMITS,
    ALPNProtocols: ['http/1.1'],
    requestCert: asksForCertificate,
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_MILLISECONDS,
  });
  // Who takes too long is only reported by Node, not ended.
  door.on('tlsClientError', (_error, socket) => void socket.destroy());
  follow?.(door);
  return door;
}

/** Everything that `server` answers is answered at this door as well, and it closes with it. */
export function openAlso(server: FastifyInstance, door: Server): void {
  door.on('request', (request: IncomingMessage, response: ServerResponse) => server.routing(request, response));
  door.on('clientError', answerClientErrors.bind(server));
  let closed: Promise<unknown> | undefined;
  server.addHook('preClose', async () => {
    if (!door.listening) return;
    closed = once(door, 'close');
    door.close();
    drainDoor(door);
  });
  server.addHook('onClose', async () => void (await closed));
}
