import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { KEY } from '../gateway.fixture.ts';
import { type CheckRequest, EXT_AUTHZ_DEFINITION, EXT_AUTHZ_SERVICE } from './ext-authz-messages.ts';

/** What a client of Envoy's service is made of. */
export function extAuthzService(): ServiceClientConstructor {
  let found: GrpcObject[string] | undefined = loadPackageDefinition(EXT_AUTHZ_DEFINITION);
  for (const part of EXT_AUTHZ_SERVICE.split('.')) found = (found as GrpcObject)[part];
  return found as ServiceClientConstructor;
}

/** Whether somebody with a key may have the weather. */
export function weatherQuestion(headers: Record<string, string> = {}): CheckRequest {
  const http = { method: 'GET', path: '/weather/paris', host: 'api.test', scheme: 'https' };
  return {
    attributes: {
      source: { address: { socket_address: { address: '203.0.113.9' } } },
      request: { http: { ...http, headers: { 'x-api-key': KEY, ...headers } } },
    },
  };
}
