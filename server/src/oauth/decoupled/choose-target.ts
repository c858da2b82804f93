import { detailApis, readAuthorizationDetails } from '../clients/authorization-details.ts';
import { chooseTarget } from '../clients/choose-target.ts';
import type { Api, Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import type { Wanted } from '../consent/asked-items.ts';
import { type Params, param, paramsNamed } from '../protocol/read-params.ts';
import type { DecoupledTables } from './tables.ts';

/** What is asked for, as it waits for the person. */
export type DecoupledTarget = Pick<
  DecoupledTables['decoupled_requests'],
  'client_id' | 'client_resource_id' | 'scope' | 'api' | 'authorization_details'
>;

/** RFC 6749 §3.3, RFC 8707 §2 and RFC 9396 §2, as at the authorization endpoint, but for one API at a time. */
export function chooseDecoupledTarget(
  clients: ClientDirectory,
  client: Client,
  params: Params,
): Pick<DecoupledTarget, 'scope' | 'api' | 'authorization_details'> {
  const resources = paramsNamed(params, 'resource');
  const apis = clients.apisOf(client);
  const details = readAuthorizationDetails(param(params, 'authorization_details'), { client, apis, resources });
  const { api, scopes } = chooseTarget(
    clients,
    client,
    {
      // The types say which API is meant when nothing else does.
      resources: resources.length > 0 ? resources : detailApis(apis, details),
      scopes: readScope(param(params, 'scope')),
    },
    true,
  );
  return {
    scope: scopes.join(' '),
    api: api?.name ?? null,
    authorization_details: details.length === 0 ? null : JSON.stringify(details),
  };
}

/** The client that asks, as it is now, and what it asked for; undefined when that client is gone. */
export function readDecoupledTarget(
  clients: ClientDirectory,
  tenantId: string,
  asked: DecoupledTarget,
): { client: Client; wanted: Wanted } | undefined {
  const client = clients.client(tenantId, asked.client_id);
  if (client?.resourceId !== asked.client_resource_id) return undefined;
  const api: Api | undefined = asked.api === null ? undefined : clients.api(tenantId, asked.api);
  const wanted = {
    scopes: readScope(asked.scope),
    apis: api === undefined ? [] : [api],
    details: JSON.parse(asked.authorization_details ?? '[]'),
  };
  return { client, wanted };
}
