import { recogniseCredential } from '#keyring';
import type { Client } from '../clients/client-directory.ts';
import { type CollectTokensDeps, collectTokens } from '../decoupled/collect-tokens.ts';
import { oauthErrors } from '../errors.ts';
import { type Params, requiredParam } from '../protocol/read-params.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

/** RFC 8628 §3.4: the device asks whether its person has answered. */
export async function grantDeviceCode(
  deps: CollectTokensDeps,
  client: Client,
  params: Params,
  sender: Sender,
): Promise<TokenResponse> {
  const code = requiredParam(params, 'device_code');
  if (recogniseCredential(code)?.kind !== 'device_code') throw oauthErrors.decoupled_request_invalid();
  return collectTokens(deps, client, { kind: 'device', code, sender, params });
}
