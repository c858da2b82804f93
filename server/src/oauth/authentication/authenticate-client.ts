import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { EndpointRequest } from '../protocol/endpoint.ts';
import type { AuthMethod } from './auth-methods.ts';
import { checkClientAssertion, subjectOf } from './check-client-assertion.ts';
import { checkCaCertificate, checkRegisteredCertificate } from './check-client-certificate.ts';
import { type CheckSecretDeps, findLiveSecret } from './check-secret.ts';
import { type CheckWorkloadDeps, checkWorkloadToken } from './check-workload-token.ts';
import { type Presented, readPresented } from './read-presented.ts';

export type AuthenticateClientDeps = CheckSecretDeps & CheckWorkloadDeps;

/** Who the client is, and how it proved that. */
export interface ClientAuthentication {
  client: Client;
  method: AuthMethod;
  /** The secret that was used. */
  secretId?: string | undefined;
}

export type AuthenticateRequest = Pick<EndpointRequest, 'tenantId' | 'params' | 'authorization' | 'certificate'>;

type By<Way extends Presented['by']> = Extract<Presented, { by: Way }>;

/**
 * Client authentication (RFC 6749 §2.3). What is presented decides the method, the client's declaration whether it
 * counts. Every failure reads the same, so that nobody learns which clients exist; the log says why. A promise only
 * where something must be waited for: secrets are checked at once, from memory.
 */
export function authenticateClient(
  deps: AuthenticateClientDeps,
  request: AuthenticateRequest,
): ClientAuthentication | Promise<ClientAuthentication> {
  const presented = readPresented(request.params, request.authorization);
  switch (presented.by) {
    case 'basic':
    case 'post':
      return bySecret(deps, request, presented);
    case 'assertion':
      return byAssertion(deps, request, presented);
    case 'id':
      return byIdAlone(deps, request, presented);
  }
}

function bySecret(deps: AuthenticateClientDeps, { tenantId }: AuthenticateRequest, presented: By<'basic' | 'post'>) {
  const client = deps.clients.client(tenantId, presented.clientId);
  // Looked for whether the client exists or not: both take as long.
  const secretId = findLiveSecret(deps, client, presented.secret);
  const method = presented.by === 'basic' ? 'client_secret_basic' : 'client_secret_post';
  demandMethod(client, method);
  if (secretId === undefined) throw refused('no live secret of the client is this one');
  return { client, method, secretId } as const;
}

async function byAssertion(
  deps: AuthenticateClientDeps,
  { tenantId }: AuthenticateRequest,
  { clientId, assertion }: By<'assertion'>,
): Promise<ClientAuthentication> {
  const id = clientId ?? subjectOf(assertion);
  const client = id === undefined ? undefined : deps.clients.client(tenantId, id);
  if (client?.authMethods.has('workload_token') === true) {
    await checkWorkloadToken(deps, client, assertion);
    return { client, method: 'workload_token' };
  }
  demandMethod(client, 'private_key_jwt');
  await checkClientAssertion(deps, client, assertion);
  return { client, method: 'private_key_jwt' };
}

/** The methods by which nothing but the client's id is in the request itself. */
const WITHOUT_CREDENTIAL = {
  tls_client_auth: checkCaCertificate,
  self_signed_tls_client_auth: checkRegisteredCertificate,
  none: () => undefined,
} as const satisfies Partial<Record<AuthMethod, unknown>>;

function byIdAlone(deps: AuthenticateClientDeps, request: AuthenticateRequest, { clientId }: By<'id'>) {
  const client = deps.clients.client(request.tenantId, clientId);
  for (const method of ['none', 'tls_client_auth', 'self_signed_tls_client_auth'] as const) {
    if (client?.authMethods.has(method) !== true) continue;
    const pending = WITHOUT_CREDENTIAL[method](deps, client, request.certificate);
    if (pending === undefined) return { client, method };
    return pending.then(() => ({ client, method }));
  }
  // A client that shows nothing is not authenticated, whatever it knows (RFC 6749 §3.2.1).
  throw refused('the client must authenticate, and the request holds no credential');
}

function demandMethod(client: Client | undefined, method: AuthMethod): asserts client is Client {
  if (client === undefined) throw refused('there is no such client');
  if (!client.authMethods.has(method)) throw refused(`the client does not authenticate by ${method}`);
}

function refused(reason: string) {
  return oauthErrors.client_unauthenticated({ cause: new Error(reason) });
}
