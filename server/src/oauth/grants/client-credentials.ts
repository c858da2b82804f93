import type { Actor } from '#base';
import { readAuthorizationDetails } from '../clients/authorization-details.ts';
import { chooseTarget } from '../clients/choose-target.ts';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { type Params, param, paramsNamed } from '../protocol/read-params.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import { type IssueAccessTokenDeps, type IssuedAccessToken, issueAccessToken } from './issue-access-token.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

/** One line per token for the access log; sync, bounded, never throws. */
export interface IssueRecorder {
  tokenIssued(issued: {
    client: Client;
    jti: string;
    scopes: readonly string[];
    at: number;
    /** Whom it stands for; and the API key that it was made from, at first or second hand. */
    exchangedFor?: string;
    apiKey?: { id: string; organizationId: string | undefined; address: string | undefined } | undefined;
    act?: Actor;
  }): void;
}

export interface ClientCredentialsDeps extends IssueAccessTokenDeps {
  clients: ClientDirectory;
  issued: IssueRecorder;
}

/**
 * RFC 6749 §4.4. Touches no database: nothing is stored, so there is no state change that an audit event would have to
 * share a transaction with. The audit log is one hash chain per tenant, and ten thousand tokens a second through that
 * lock would be its end; who got which token goes to the access records instead, in batches.
 * No refresh token (§4.4.3): the client can simply ask again.
 */
export function grantClientCredentials(
  deps: ClientCredentialsDeps,
  client: Client,
  params: Params,
  sender: Sender,
): TokenResponse | Promise<TokenResponse> {
  const target = chooseTarget(
    deps.clients,
    client,
    { resources: paramsNamed(params, 'resource'), scopes: readScope(param(params, 'scope')) },
    false,
  );
  const { api } = target;
  const details = readAuthorizationDetails(param(params, 'authorization_details'), {
    client,
    apis: api === undefined ? [] : [api],
    resources: [],
  });
  const now = deps.clock.now();
  const respond = ({ token, jti, expiresInSeconds }: IssuedAccessToken): TokenResponse => {
    deps.issued.tokenIssued({ client, jti, scopes: target.scopes, at: now });
    return {
      access_token: token,
      token_type: tokenTypeOf(sender.confirmation),
      expires_in: expiresInSeconds,
      scope: target.scopes.join(' '),
      ...(details.length === 0 ? {} : { authorization_details: details }),
    };
  };
  const issued = issueAccessToken(deps, client, { ...target, details }, undefined, now, sender);
  return issued instanceof Promise ? issued.then(respond) : respond(issued);
}
