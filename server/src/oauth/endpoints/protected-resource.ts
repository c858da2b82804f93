import type { Api, ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';

export interface ProtectedResourceDeps {
  clients: ClientDirectory;
  issuers: Issuers;
}

/** RFC 9728 §3: stands between host and path of the resource's own address. */
export const RESOURCE_METADATA_PATH = '/.well-known/oauth-protected-resource';

/** Where the metadata of an API is that may have no address of its own (`urn:…`): at its issuer, by its name. */
export const resourceMetadataUrl = (issuer: string, apiName: string): string =>
  `${issuer}${RESOURCE_METADATA_PATH}/${apiName}`;

/** Protected resource metadata (RFC 9728 §2) of an API by its name. */
export function describeApi(deps: ProtectedResourceDeps, tenantId: string, name: string): object | undefined {
  const api = deps.clients.api(tenantId, name);
  return api === undefined ? undefined : describe(deps, tenantId, api);
}

/**
 * The same of the API whose audience is this very address: what a client asks at the gateway when all it knows is where
 * the API is. `host` as the Host header has it; `path` as asked for, the well-known prefix included.
 */
export function describeAddress(
  deps: ProtectedResourceDeps,
  tenantId: string,
  { host, path }: { host: string; path: string },
): object | undefined {
  if (path !== RESOURCE_METADATA_PATH && !path.startsWith(`${RESOURCE_METADATA_PATH}/`)) return undefined;
  const wanted = path.slice(RESOURCE_METADATA_PATH.length).replace(/\/$/, '');
  const api = deps.clients.apis(tenantId).find(({ audience }) => {
    const url = /^https?:/.test(audience) ? URL.parse(audience) : null;
    return url !== null && url.host === host && url.pathname.replace(/\/$/, '') === wanted;
  });
  return api === undefined ? undefined : describe(deps, tenantId, api);
}

function describe({ issuers }: ProtectedResourceDeps, tenantId: string, { audience, name, scopes }: Api): object {
  return {
    resource: audience,
    authorization_servers: [issuers.issuerOf(tenantId)],
    scopes_supported: [...scopes.keys()],
    // RFC 6750 §2.1 alone: what stands in a query ends up in logs.
    bearer_methods_supported: ['header'],
    resource_name: name,
  };
}
