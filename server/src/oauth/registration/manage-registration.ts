import { recordEvent } from '#audit';
import { systemPrincipal } from '#base';
import { credentialHash, mintCredential, recogniseCredential } from '#keyring';
import { oauthErrors } from '../errors.ts';
import type { EndpointResponse } from '../protocol/endpoint.ts';
import { describeMetadata, readMetadata } from './read-metadata.ts';
import {
  answerRegistration,
  bearer,
  REGISTRATION_PATH,
  type RegistrationDeps,
  type RegistrationRequest,
  removeClient,
} from './register-client.ts';
import { storeClient } from './store-client.ts';
import type { RegistrationTables } from './tables.ts';

export type ManageRequest = RegistrationRequest & { clientId: string };

/** Client configuration endpoint (RFC 7592 §2.1): the client as it is registered. Never throws. */
export function readRegistration(deps: RegistrationDeps, request: ManageRequest): Promise<EndpointResponse> {
  return answerRegistration(deps, request, 200, async () => {
    const { client } = await authenticate(deps, request);
    return { ...describeMetadata(client.id, client.spec), ...links(deps, request) };
  });
}

/**
 * RFC 7592 §2.2: the client describes itself anew. Its registration access token is exchanged for another by one
 * statement, so that of two who have the same token one gets through.
 */
export function updateRegistration(deps: RegistrationDeps, request: ManageRequest): Promise<EndpointResponse> {
  return answerRegistration(deps, request, 200, async () => {
    const { client, policy, hash } = await authenticate(deps, request);
    const { tenantId, body, clientId } = request;
    demandOwnId(body, clientId);
    // Its plan is the operator's word, or a client could be rid of its limits by describing itself once more.
    const spec = { ...readMetadata(policy, body), plan: client.spec.plan };
    if (spec.type !== client.type) {
      throw oauthErrors.client_metadata_invalid({
        message: 'token_endpoint_auth_method can’t change between a secret and none. Register a new client.',
      });
    }
    const token = mintCredential('registration_access_token', deps.random);
    const rotated = await deps.store.transaction({ tenantId }, (tx) =>
      tx
        .withTables<RegistrationTables>()
        .updateTable('client_registrations')
        .set({ hash: credentialHash(deps.keyring, token), rotated_at: deps.clock.now() })
        .where('tenant_id', '=', tenantId)
        .where('client_resource_id', '=', client.resourceId)
        .where('hash', '=', hash)
        .returning('client_id')
        .executeTakeFirst(),
    );
    if (rotated === undefined) throw oauthErrors.registration_token_invalid();
    await storeClient(deps, { tenantId, name: clientId, spec, isNew: false });
    return { ...describeMetadata(clientId, spec), ...links(deps, request), registration_access_token: token };
  });
}

/** RFC 7592 §2.3: with the client go its secrets, grants and tokens. */
export function deleteRegistration(deps: RegistrationDeps, request: ManageRequest): Promise<EndpointResponse> {
  return answerRegistration(deps, request, 204, async () => {
    const { client, hash } = await authenticate(deps, request);
    const { tenantId } = request;
    const removed = await deps.store.transaction({ tenantId }, async (tx) => {
      const row = await tx
        .withTables<RegistrationTables>()
        .deleteFrom('client_registrations')
        .where('tenant_id', '=', tenantId)
        .where('client_resource_id', '=', client.resourceId)
        .where('hash', '=', hash)
        .returning('client_id')
        .executeTakeFirst();
      if (row === undefined) return undefined;
      await recordEvent(tx, deps, {
        tenantId,
        type: 'client.unregistered',
        actor: systemPrincipal(tenantId, 'client-registration'),
        target: { type: 'client', id: client.resourceId, name: client.id },
      });
      return row;
    });
    if (removed === undefined) throw oauthErrors.registration_token_invalid();
    await removeClient(deps, tenantId, request.clientId);
    return undefined;
  });
}

/** RFC 7592 §2.2: whoever sends an id sends its own. */
function demandOwnId(body: unknown, clientId: string): void {
  const named = typeof body === 'object' && body !== null && 'client_id' in body ? body.client_id : clientId;
  if (named === clientId) return;
  throw oauthErrors.client_metadata_invalid({
    message: 'client_id must be the one that this address is for, or be left out (RFC 7592 section 2.2).',
  });
}

const links = ({ issuers }: RegistrationDeps, { tenantId, clientId, authorization }: ManageRequest) => ({
  registration_access_token: bearer(authorization),
  registration_client_uri: `${issuers.issuerOf(tenantId)}${REGISTRATION_PATH}/${clientId}`,
});

/** RFC 7592 §2: the same answer for a client that is not there and a token that is not its own. */
async function authenticate(deps: RegistrationDeps, { tenantId, clientId, authorization, ip }: ManageRequest) {
  const retryAfterSeconds = deps.failures.retryAfterSeconds(ip);
  if (retryAfterSeconds !== undefined) throw oauthErrors.too_many_failures({ details: { retryAfterSeconds } });
  const token = bearer(authorization);
  const hash = credentialHash(deps.keyring, token);
  const client = deps.clients.client(tenantId, clientId);
  const known =
    recogniseCredential(token)?.kind === 'registration_access_token' && client !== undefined
      ? await deps.store.transaction(
          { tenantId },
          (tx) =>
            tx
              .withTables<RegistrationTables>()
              .selectFrom('client_registrations')
              .select('policy')
              .where('tenant_id', '=', tenantId)
              .where('client_resource_id', '=', client.resourceId)
              .where('hash', '=', hash)
              .executeTakeFirst(),
          { readOnly: true },
        )
      : undefined;
  const policy = known && deps.registrationPolicies.get(tenantId, known.policy)?.spec;
  if (client === undefined || policy === undefined) {
    deps.failures.failed(ip);
    throw oauthErrors.registration_token_invalid();
  }
  return { client, policy, hash };
}
