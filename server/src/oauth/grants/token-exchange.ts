import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { demandPermission } from '../exchange/demand-permission.ts';
import type { ExchangeContext, ExchangeDeps } from '../exchange/exchange-context.ts';
import { exchangedClaims, originsOf } from '../exchange/exchanged-claims.ts';
import { type IssueIdJagDeps, issueIdJag } from '../exchange/issue-id-jag.ts';
import { narrowTarget } from '../exchange/narrow-target.ts';
import { chainActors, readActor, readSubject } from '../exchange/read-parties.ts';
import { TOKEN_TYPES } from '../exchange/token-types.ts';
import { type Check, established, runChecks } from '../protocol/endpoint.ts';
import { type Params, param, printable } from '../protocol/read-params.ts';
import { toActor } from '../tokens/access-token-claims.ts';
import { tokenTypeOf } from '../tokens/confirmation.ts';
import { issueAccessToken } from './issue-access-token.ts';
import type { Sender } from './sender.ts';
import type { TokenResponse } from './token-response.ts';

export type TokenExchangeDeps = ExchangeDeps & IssueIdJagDeps;

const PARTY_CHECKS: readonly Check<ExchangeContext>[] = [readSubject, readActor, chainActors];
const TARGET_CHECKS: readonly Check<ExchangeContext>[] = [narrowTarget, demandPermission];

/** A key lives for months; what it is exchanged for is meant for one task. */
const API_KEY_TOKEN_TTL_SECONDS_MAX = 900;
/** Tokens, clients, secrets and acting people that one token may descend from: more than any chain of actors has. */
const ORIGINS_MAX = 40;

/**
 * Token exchange (RFC 8693): a token for another party, another API, or fewer scopes. Nothing is stored: the new token
 * names the grant, session, tokens, clients and key that it was made from, and ends with the first of them that ends.
 */
export async function grantTokenExchange(
  deps: TokenExchangeDeps,
  client: Client,
  params: Params,
  sender: Sender,
): Promise<TokenResponse> {
  const wanted = param(params, 'requested_token_type') ?? TOKEN_TYPES.accessToken;
  if (wanted !== TOKEN_TYPES.accessToken && wanted !== TOKEN_TYPES.jwt && wanted !== TOKEN_TYPES.idJag) {
    throw oauthErrors.token_type_unknown({
      message: `The requested_token_type ${printable(wanted)} is not issued here. Leave it out for an access token.`,
    });
  }
  const now = deps.clock.now();
  const context = { deps, client, params, sender };
  await runChecks<ExchangeContext>(PARTY_CHECKS, context);
  if (wanted === TOKEN_TYPES.idJag) return issueIdJag(context);
  return issueExchanged(context, now);
}

async function issueExchanged(context: ExchangeContext, now: number): Promise<TokenResponse> {
  const { deps, client, sender } = context;
  await runChecks(TARGET_CHECKS, context);
  const subject = established(context, 'subject');
  const target = established(context, 'target');
  const secondsLeft = Math.min(
    (subject.expiresAt ?? Number.POSITIVE_INFINITY) - Math.floor(now / 1000),
    subject.apiKeyId === undefined ? Number.POSITIVE_INFINITY : API_KEY_TOKEN_TTL_SECONDS_MAX,
  );
  if (originsOf(subject, context.actor).length > ORIGINS_MAX) throw oauthErrors.delegation_too_deep();
  const { token, jti, expiresInSeconds } = await issueAccessToken(deps, client, target, undefined, now, sender, {
    claims: exchangedClaims(subject, context.act, context.actor),
    ttlSecondsMax: secondsLeft,
  });
  const { scopes } = target;
  const acting = context.act === undefined ? {} : { act: toActor(context.act) };
  const { id: exchangedFor, apiKeyId, organizationId } = subject;
  const apiKey = apiKeyId === undefined ? undefined : { id: apiKeyId, organizationId, address: sender.address };
  deps.issued.tokenIssued({ client, jti, scopes, at: now, exchangedFor, apiKey, ...acting });
  return {
    access_token: token,
    issued_token_type: TOKEN_TYPES.accessToken,
    token_type: tokenTypeOf(sender.confirmation),
    expires_in: expiresInSeconds,
    scope: scopes.join(' '),
  };
}
