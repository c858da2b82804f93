import { DEFAULT_TENANT_ID } from '#base';

/** Which tenant speaks under which issuer identifier (RFC 8414 §2). Issuers are data: one process serves many. */
export interface Issuers {
  issuerOf(tenantId: string): string;
  tenantOf(issuer: string): string | undefined;
  /** Where the same endpoints ask for the client's certificate (RFC 8705 §5); left out: at the issuer, if anywhere. */
  certificateAddressOf?(tenantId: string): string | undefined;
}

/** The default tenant alone, under one URL. A trailing slash is dropped, because `iss` is compared exactly. */
export function singleIssuer(
  url: string,
  tenantId: string = DEFAULT_TENANT_ID,
  certificateAddress: string | undefined = undefined,
): Issuers {
  const issuer = url.replace(/\/+$/, '');
  return {
    issuerOf: () => issuer,
    tenantOf: (text) => (text === issuer ? tenantId : undefined),
    certificateAddressOf: () => certificateAddress,
  };
}
