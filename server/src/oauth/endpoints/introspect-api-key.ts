import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import type { Issuers } from '../issuers.ts';
import type { ApiKeysPort } from '../ports.ts';
import { type Params, param } from '../protocol/read-params.ts';

export interface IntrospectApiKeyDeps {
  clients: ClientDirectory;
  issuers: Issuers;
  /** Left out: API keys are unknown. */
  apiKeys?: ApiKeysPort;
}

/**
 * What an API key stands for, in the words of RFC 7662, to the server of an API where it may be used; undefined to everyone
 * else. Keys that are bound to addresses are judged by `client_address`, which the API's own server is believed; those
 * that are bound to routes are for the gateway, which alone knows them.
 */
export function describeApiKey(
  { clients, issuers, apiKeys }: IntrospectApiKeyDeps,
  client: Client,
  { token, params, now }: { token: string; params: Params; now: number },
): Readonly<Record<string, unknown>> | undefined {
  const address = param(params, 'client_address') ?? '';
  const serves = (client.spec.resourceServerFor ?? []).flatMap((name) => clients.api(client.tenantId, name) ?? []);
  const verified = serves.flatMap((api) => {
    const found = apiKeys?.verifyApiKey(token, now, { tenantId: client.tenantId, address, api: api.name });
    return found?.ok === true && found.principal.tenantId === client.tenantId
      ? [{ audience: api.audience, principal: found.principal }]
      : [];
  });
  const [first] = verified;
  if (first === undefined) return undefined;
  apiKeys?.noteUse?.(first.principal, { at: now, address });
  const { type, id, scopes, roles, groups, organizationId, plan, credential } = first.principal;
  return {
    iss: issuers.issuerOf(client.tenantId),
    sub: id,
    aud: verified.map(({ audience }) => audience),
    principal_type: type,
    scope: scopes.join(' '),
    roles,
    api_key_id: credential.id,
    ...(credential.environment === undefined ? {} : { api_key_environment: credential.environment }),
    ...(groups === undefined ? {} : { groups }),
    ...(organizationId === undefined ? {} : { organization_id: organizationId }),
    ...(plan === undefined ? {} : { plan }),
    ...(credential.expiresAt === undefined ? {} : { exp: credential.expiresAt }),
  };
}
