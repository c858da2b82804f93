import { recogniseCredential } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import { type CollectTokensDeps, collectTokens } from '../decoupled/collect-tokens.ts';
import { oauthErrors } from '../errors.ts';
import { type Params, requiredParam } from '../protocol/read-params.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

/** OpenID Connect CIBA §10.1: the client asks whether the person has answered, or was told so. */
export async function grantCiba(
  deps: CollectTokensDeps,
  client: Client,
  params: Params,
  sender: Sender,
): Promise<TokenResponse> {
  const code = requiredParam(params, 'auth_req_id');
  if (recogniseCredential(code)?.kind !== 'auth_req_id') throw oauthErrors.decoupled_request_invalid();
  return collectTokens(deps, client, { kind: 'ciba', code, sender, params });
}
