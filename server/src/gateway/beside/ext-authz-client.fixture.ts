import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { EXT_AUTHZ_DEFINITION, EXT_AUTHZ_SERVICE } from './ext-authz-messages.ts';

/** What a client of Envoy's service is made of. */
export function extAuthzService(): ServiceClientConstructor {
  let found: GrpcObject[string] | undefined = loadPackageDefinition(EXT_AUTHZ_DEFINITION);
  for (const part of EXT_AUTHZ_SERVICE.split('.')) found = (found as GrpcObject)[part];
  return found as ServiceClientConstructor;
}
