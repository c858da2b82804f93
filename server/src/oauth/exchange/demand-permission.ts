import { oauthErrors } from '../errors.ts';
import { clientPrincipal } from '../grants/acting-principal.ts';
import { established } from '../protocol/endpoint.ts';
import type { ExchangeContext } from './exchange-context.ts';

export const EXCHANGE_ACTION = 'token-exchange';

/** RFC 8693 §1.1 leaves it to policy who may act for whom. Here nobody may, until a policy permits it. */
export function demandPermission(context: ExchangeContext): undefined {
  const { api, scopes } = established(context, 'target');
  const resource = { type: 'Api', id: api?.name ?? '' };
  decide(context, resource, scopes);
}

/** The same for assertions to another authorization server. */
export function decide(
  { deps, client, subject, actor, subjectTokenType }: ExchangeContext,
  resource: { type: string; id: string },
  scopes: readonly string[],
): void {
  if (subject === undefined) throw new TypeError('a subject comes before the decision about it');
  const decision = deps.authorizer.decide({
    principal: clientPrincipal(client),
    action: EXCHANGE_ACTION,
    resource,
    context: {
      mode: actor === undefined ? 'impersonation' : 'delegation',
      subjectTokenType,
      subject: describe(subject),
      ...(actor === undefined ? {} : { actor: describe(actor) }),
      scopes,
    },
    policyRequired: true,
  });
  if (decision.allowed) return;
  throw oauthErrors.exchange_denied({
    message: `No policy permits this exchange. Permit the action ${EXCHANGE_ACTION} to Client::'${client.id}' on ${resource.type}::'${resource.id}'.`,
    cause: new Error(`${decision.reason}: ${decision.policies.join(', ')}`),
  });
}

const describe = ({
  type,
  id,
  clientId,
  roles,
  scopes,
  organizationId,
  audience,
  environment,
}: NonNullable<ExchangeContext['subject']>) => ({
  type,
  id,
  roles,
  scopes,
  // Two APIs may name a scope alike: whether what was granted at one counts at the other is for the policy to say.
  ...(audience === undefined ? {} : { audience }),
  ...(clientId === undefined ? {} : { client: clientId }),
  ...(organizationId === undefined ? {} : { organization: organizationId }),
  ...(environment === undefined ? {} : { environment }),
});
