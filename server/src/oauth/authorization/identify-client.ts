import { oauthErrors } from '../errors.ts';
import { printable, requiredParam } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** RFC 6749 §4.1.2.1: with an unknown client there is nobody to redirect to. */
export async function identifyClient(context: AuthorizationContext): Promise<undefined> {
  const { deps, request } = context;
  const id = requiredParam(request.params, 'client_id');
  await deps.metadataDocuments.ensure(request.tenantId, id, request.ip);
  const client = deps.clients.client(request.tenantId, id);
  if (client === undefined) {
    throw oauthErrors.client_unknown({
      message: `The client_id ${printable(id)} is not registered here. Check it, or create the client with: gatehouse apply.`,
    });
  }
  context.client = client;
}
