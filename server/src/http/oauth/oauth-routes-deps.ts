import type { IdSource, Logger } from '#base';
import type { OAuthServer } from '#oauth';

export interface OAuthRoutesDeps extends IdSource {
  oauth: OAuthServer;
  /** The tenant this listener speaks for, and its issuer. */
  tenantId: string;
  issuer: string;
  log: Logger;
}
