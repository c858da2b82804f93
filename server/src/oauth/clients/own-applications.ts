import type { Issuers } from '../issuers.ts';
import { type Api, type Client, type DeclaredClient, type OwnApplications, toClient } from './client-directory.ts';

/**
 * The console, the Admin API that it calls, and the gateway. They are no resources: where the console's codes go follows from the
 * issuer's address, and an export from one instance would bring a wrong one to the next. An underscore can't stand in a
 * resource's name, so nobody can declare one of these.
 */
export const CONSOLE_CLIENT_ID = 'gatehouse_console';
const ADMIN_API = 'gatehouse_admin';

/** Whose tokens upstreams get from the gateway: it asks for none, and nobody can ask in its name. */
export const GATEWAY_CLIENT_ID = 'gatehouse_gateway';

/** Where the console takes codes. */
export const CONSOLE_CALLBACK_PATH = '/console/signed-in';

/** Where the Admin API is: the `aud` of its tokens. */
export const ADMIN_API_PATH = '/api/v1';

/** The console renews silently; a token that leaks from a browser is worth little by the time somebody looks at it. */
const ADMIN_TOKEN_TTL_SECONDS = 300;

/** Everything, as far as the person may: roles decide, and the token narrows nothing (`permissionsOf`). */
const EVERYTHING = '*';

/** Its codes go where they are registered, on no other port either: people are not asked, administrators among them. */
export const isOwnApplication = ({ resourceId }: Pick<Client, 'resourceId'>): boolean =>
  resourceId === CONSOLE_CLIENT_ID;

export function ownApplications(issuers: Issuers): OwnApplications {
  const consoles = new Map<string, Client>();
  const gateways = new Map<string, Client>();
  const apis = new Map<string, Api>();
  return {
    client(tenantId, id) {
      if (id === CONSOLE_CLIENT_ID) return once(consoles, tenantId, () => consoleOf(issuers, tenantId));
      return id === GATEWAY_CLIENT_ID ? once(gateways, tenantId, () => gatewayOf(tenantId)) : undefined;
    },
    api: (tenantId, name) =>
      name === ADMIN_API ? once(apis, tenantId, () => adminApiOf(issuers, tenantId)) : undefined,
  };
}

function consoleOf(issuers: Issuers, tenantId: string): Client {
  const issuer = issuers.issuerOf(tenantId);
  const declared: DeclaredClient = {
    id: CONSOLE_CLIENT_ID,
    name: CONSOLE_CLIENT_ID,
    createdAt: 0,
    spec: {
      displayName: 'Gatehouse console',
      type: 'public',
      grants: ['authorization_code', 'refresh_token'],
      redirectUris: [`${issuer}${CONSOLE_CALLBACK_PATH}`],
      postLogoutRedirectUris: [`${issuer}/console`],
      scopes: ['openid', 'profile', 'email', EVERYTHING],
      apis: [ADMIN_API],
      firstParty: true,
      // Whatever profile the tenant demands of clients, its administrators must be able to take it back.
      profile: 'oauth2.1',
    },
  };
  return toClient(tenantId, declared, { profile: 'oauth2.1' });
}

function gatewayOf(tenantId: string): Client {
  const declared: DeclaredClient = {
    id: GATEWAY_CLIENT_ID,
    name: GATEWAY_CLIENT_ID,
    createdAt: 0,
    spec: {
      displayName: 'Gatehouse gateway',
      type: 'confidential',
      // No grant, no API, no secret: no endpoint serves it.
      grants: [],
      redirectUris: [],
      scopes: [],
      apis: [],
    },
  };
  return toClient(tenantId, declared, { profile: 'oauth2.1' });
}

function adminApiOf(issuers: Issuers, tenantId: string): Api {
  return {
    name: ADMIN_API,
    createdAt: 0,
    audience: `${issuers.issuerOf(tenantId)}${ADMIN_API_PATH}`,
    scopes: new Map([[EVERYTHING, 'Do in the console what you may do']]),
    accessTokenTtlSeconds: ADMIN_TOKEN_TTL_SECONDS,
    accessTokenFormat: 'jwt',
    accessTokenAlg: undefined,
    claims: undefined,
    detailTypes: new Map(),
  };
}

function once<Value>(known: Map<string, Value>, tenantId: string, make: () => Value): Value {
  const found = known.get(tenantId) ?? make();
  known.set(tenantId, found);
  return found;
}
