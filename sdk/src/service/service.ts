/** Calls of other services: as this service, or on behalf of whoever called it. */
export type { ClientCredentials } from '../net/client-authentication.ts';
export {
  createServiceClient,
  type ServiceCaller,
  type ServiceClient,
  type ServiceClientOptions,
  type TokenTarget,
} from './create-service-client.ts';
export type { ServiceToken } from './request-token.ts';
export { TokenError } from './token-error.ts';
