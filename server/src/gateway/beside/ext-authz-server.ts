import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import {
  type GrpcObject,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Logger } from '#base';
import { endsAfterRead } from '../transport/http2/ends-after-read.ts';
import { HTTP2, type ListenerTls, openListening } from '../transport/listening.ts';
import { TRANSPORT_LIMITS } from '../transport/transport-limits.ts';
import { answerCheck, type ExtAuthzParts } from './ext-authz.ts';
import { type CheckRequest, type CheckResponse, EXT_AUTHZ_SERVICE } from './ext-authz-messages.ts';

/** Heads are bounded; a body, if Envoy is told to send one, is not looked at. */
const MESSAGE_BYTES_MAX = 256 * 1024;

export interface ExtAuthzServer {
  /** The port it got. @throws when it can't listen there. */
  listen(at: { host: string; port: number }): Promise<number>;
  close(deadlineMilliseconds: number): Promise<void>;
}

/** The service and what a client of it is made of. */
export function extAuthzService(): ServiceClientConstructor {
  const definition = loadSync(join(import.meta.dirname, 'ext-authz.proto'), { keepCase: true, defaults: false });
  let found: GrpcObject[string] | undefined = loadPackageDefinition(definition);
  for (const part of EXT_AUTHZ_SERVICE.split('.')) found = (found as GrpcObject)[part];
  return found as ServiceClientConstructor;
}

/** Envoy's gRPC service on a port of its own. */
export function openExtAuthzServer(parts: ExtAuthzParts & { tls?: ListenerTls | undefined }): ExtAuthzServer {
  const { tls, log, isProxy } = parts;
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
  guardSessions(server);
  server.addService(extAuthzService().service, {
    check(call: ServerUnaryCall<CheckRequest, CheckResponse>, answer: sendUnaryData<CheckResponse>) {
      answerCheck(parts, call.request, addressOf(call.getPeer()))
        .then((response) => answer(null, response))
        .catch((error: unknown) => log.error({ err: error }, 'a check could not be answered'));
    },
  });
  const secured = tls && secureDoor(server, { tls, log, isProxy });
  return {
    listen: (at) => (secured === undefined ? bind(server, at) : secured.listen(at)),
    async close(deadlineMilliseconds) {
      secured?.close(deadlineMilliseconds);
      const deadline = setTimeout(() => server.forceShutdown(), deadlineMilliseconds);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(deadline);
    },
  };
}

/** The library keeps its servers of HTTP/2 to itself, and anybody who reaches the port may send frames: see {@link endsAfterRead}. */
function guardSessions(server: Server): void {
  const make: unknown = Reflect.get(server, 'createHttp2Server');
  if (typeof make !== 'function') throw new TypeError('the library for gRPC makes its servers in another way');
  Reflect.set(server, 'createHttp2Server', (...given: unknown[]) => {
    const made: unknown = Reflect.apply(make, server, given);
    if (made instanceof EventEmitter) made.prependListener('session', endsAfterRead);
    return made;
  });
}

function bind(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, found) =>
      error === null ? resolve(found) : reject(error),
    );
  });
}

/** TLS as all our listeners speak it, with certificates that are exchanged while it runs; gRPC gets what is within. */
function secureDoor(
  server: Server,
  { tls, log, isProxy }: { tls: ListenerTls; log: Logger; isProxy: (address: string) => boolean },
) {
  const inside = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listening = openListening({
    ...{ limits: TRANSPORT_LIMITS, log, isProxy, proxyProtocolFrom: undefined, cleartextHttp2: false },
    tls: { ...tls, options: { ...tls.options, ALPNProtocols: [HTTP2] } },
    onConnection(socket, _facts, protocol) {
      if (protocol === HTTP2) inside.injectConnection(socket);
      else socket.destroy();
    },
  });
  return {
    async listen({ host, port }: { host: string; port: number }): Promise<number> {
      listening.server.listen({ host, port });
      await once(listening.server, 'listening');
      const address = listening.server.address();
      return address !== null && typeof address === 'object' ? address.port : port;
    },
    close(deadlineMilliseconds: number): void {
      listening.server.close();
      listening.cutUnready();
      inside.drain(deadlineMilliseconds);
      inside.destroy();
    },
  };
}

/** `address:port`, where the address may be IPv6, with brackets or without. */
function addressOf(peer: string): string {
  const end = peer.lastIndexOf(':');
  return peer.slice(0, Math.max(end, 0)).replaceAll(/[[\]]/g, '');
}
