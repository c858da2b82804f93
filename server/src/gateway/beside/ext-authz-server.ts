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
import { answerCheck, type ExtAuthzParts } from './ext-authz.ts';
import { type CheckRequest, type CheckResponse, EXT_AUTHZ_SERVICE } from './ext-authz-messages.ts';

/** Heads are bounded; a body, if Envoy is told to send one, is not looked at. */
const MESSAGE_BYTES_MAX = 256 * 1024;

export interface ExtAuthzServer {
  port: number;
  close(deadlineMilliseconds: number): Promise<void>;
}

/** The service and what a client of it is made of. */
export function extAuthzService(): ServiceClientConstructor {
  const definition = loadSync(join(import.meta.dirname, 'ext-authz.proto'), { keepCase: true, defaults: false });
  let found: GrpcObject[string] | undefined = loadPackageDefinition(definition);
  for (const part of EXT_AUTHZ_SERVICE.split('.')) found = (found as GrpcObject)[part];
  return found as ServiceClientConstructor;
}

/** Envoy's gRPC service on a port of its own. @throws when it can't listen there. */
export async function openExtAuthzServer(
  parts: ExtAuthzParts,
  { host, port }: { host: string; port: number },
): Promise<ExtAuthzServer> {
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
  server.addService(extAuthzService().service, {
    check(call: ServerUnaryCall<CheckRequest, CheckResponse>, answer: sendUnaryData<CheckResponse>) {
      answerCheck(parts, call.request, addressOf(call.getPeer()))
        .then((response) => answer(null, response))
        .catch((error: unknown) => parts.log.error({ err: error }, 'a check could not be answered'));
    },
  });
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, found) =>
      error === null ? resolve(found) : reject(error),
    );
  });
  return {
    port: bound,
    async close(deadlineMilliseconds) {
      const deadline = setTimeout(() => server.forceShutdown(), deadlineMilliseconds);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(deadline);
    },
  };
}

/** `address:port`, where the address may be IPv6, with brackets or without. */
function addressOf(peer: string): string {
  const end = peer.lastIndexOf(':');
  return peer.slice(0, Math.max(end, 0)).replaceAll(/[[\]]/g, '');
}
