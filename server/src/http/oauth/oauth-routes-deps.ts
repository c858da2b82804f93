import type { RevocationLists } from '#gateway';
import type { OAuthServer, ProblemDeps } from '#oauth';
import type { ViewOf } from '../signin/page-view.ts';

export interface OAuthRoutesDeps extends ProblemDeps {
  oauth: OAuthServer;
  /** The tenant this listener speaks for, and its issuer. */
  tenantId: string;
  issuer: string;
  /** Addresses and ranges whose own certificate is nobody's who calls through them. */
  trustedProxies?: readonly string[];
  /** Those of them whose `Client-Cert` header is believed. */
  clientCertificatesFrom?: readonly string[];
  /** Lists of revoked certificates: who is in one has shown none. */
  revocations?: Pick<RevocationLists, 'standingOfDer'> | undefined;
  /** How the pages of this room are shown: consent and errors. */
  viewOf: ViewOf;
}
