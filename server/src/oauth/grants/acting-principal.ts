import type { Principal } from '#base';
import type { Client } from '../clients/client-directory.ts';
import type { BrowserSession } from '../ports.ts';

/** The client as the one who acts, for the audit log. */
export function clientPrincipal(client: Client): Principal {
  return {
    type: 'client',
    id: client.id,
    tenantId: client.tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'none', id: client.id, clientId: client.id },
  };
}

/** The person at the browser as the one who acts. */
export function sessionPrincipal(tenantId: string, { userId, sessionId, actor }: BrowserSession): Principal {
  return {
    type: 'user',
    id: userId,
    tenantId,
    roles: [],
    scopes: [],
    credential: { type: 'session', id: sessionId },
    ...(actor === undefined ? {} : { act: { sub: actor } }),
  };
}
