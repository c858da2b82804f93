/** Another OpenID provider, as this installation is known there. */
export interface Provider {
  tenantId: string;
  /** Name of the API that its access tokens shall be for. */
  api: string;
  issuer: string;
  clientId: string;
  clientAuthentication: 'client_secret_basic' | 'client_secret_post';
  /** By which parameter the API is named there, if by any: `resource` (RFC 8707), or `audience`. */
  apiParameter: 'resource' | 'audience' | 'none';
  /** undefined: none is set, or not for this origin. */
  secretFor(origin: string): string | undefined;
}
