import type { ClientDirectory } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { type CheckWorkloadDeps, judgeWorkloadToken, type WorkloadVerdict } from './check-workload-token.ts';

/**
 * Would this token pass for the client? Every rule with every condition, what it expects and what the token says. For
 * operators: a client that tries learns nothing of this. Changes nothing and remembers nothing.
 * @throws `client_not_found`, `client_takes_no_workload_token`.
 */
export async function dryRunWorkloadToken(
  deps: CheckWorkloadDeps & { clients: ClientDirectory },
  { tenantId, clientId, token }: { tenantId: string; clientId: string; token: string },
): Promise<{ matches: boolean; rules: WorkloadVerdict[] }> {
  const client = deps.clients.client(tenantId, clientId);
  if (client === undefined) throw oauthErrors.client_not_found();
  if (!client.authMethods.has('workload_token')) throw oauthErrors.client_takes_no_workload_token();
  const rules = await judgeWorkloadToken(deps, client, token);
  return { matches: rules.some(({ matches }) => matches), rules };
}
