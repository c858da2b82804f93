import { inBatches } from '#base';
import type { Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import { type AnsweredRefresh, type AnswerRefreshDeps, answerRefresh, type RefreshRequest } from './answer-refresh.ts';
import { exchangeRefreshTokens } from './exchange-refresh-tokens.ts';
import { type FoundToRefresh, type LookUpDeps, lookUpRefreshTokens } from './look-up-refresh-tokens.ts';
import { endWithSession, judgeStanding } from './require-standing.ts';
import type { RevokeTokensDeps } from './revoke-tokens.ts';
import type { TokenResponse } from './token-response.ts';

export type RefreshBatchesDeps = LookUpDeps & AnswerRefreshDeps & RevokeTokensDeps;

/** Refreshes of one tenant that come at the same time share a transaction, and one wait for the disk (ADR 46). */
export type RefreshTogether = (tenantId: string, asked: AskedRefresh) => Promise<RefreshOutcome>;

export interface AskedRefresh {
  client: Client;
  request: RefreshRequest;
}

export type RefreshOutcome =
  /** Committed. */
  | { kind: 'refreshed'; response: TokenResponse }
  | { kind: 'refused'; error: unknown }
  /** Nothing happened to the token. Why is to be found out alone, with the answer that there would be. */
  | { kind: 'left'; answered: AnsweredRefresh | undefined };

/** As many as wait at once when a tenant is busy; more would only make the first wait for the last. */
const BATCH_SIZE_MAX = 100;

export function refreshInBatches(deps: RefreshBatchesDeps): RefreshTogether {
  return inBatches((tenantId, asked) => refreshTogether(deps, tenantId, asked), BATCH_SIZE_MAX);
}

async function refreshTogether(
  deps: RefreshBatchesDeps,
  tenantId: string,
  asked: readonly AskedRefresh[],
): Promise<RefreshOutcome[]> {
  const outcomes = await deps.store.transaction({ tenantId }, (tx) => refreshIn(tx, deps, tenantId, asked), {
    byIndex: true,
  });
  // Not inside: that takes a transaction of its own, and who holds a connection must not wait for another.
  const ended = outcomes.flatMap((outcome) => (outcome.kind === 'session_ended' ? outcome.sessionId : []));
  for (const sessionId of new Set(ended)) await endWithSession(deps, tenantId, sessionId);
  return outcomes.map((outcome) =>
    outcome.kind === 'session_ended' ? { kind: 'refused', error: oauthErrors.grant_revoked() } : outcome,
  );
}

type Outcome = RefreshOutcome | { kind: 'session_ended'; sessionId: string };

async function refreshIn(
  tx: Tx,
  deps: RefreshBatchesDeps,
  tenantId: string,
  asked: readonly AskedRefresh[],
): Promise<Outcome[]> {
  const hashes = asked.map(({ request }) => request.hash);
  const found = await lookUpRefreshTokens(tx, deps, { tenantId, hashes });
  const outcomes = await Promise.all(
    asked.map((one, index) =>
      answer(deps, one, found[index]).catch((error: unknown): Outcome => ({ kind: 'refused', error })),
    ),
  );
  const exchanged = await exchange(tx, deps, tenantId, { asked, outcomes });
  return outcomes.map((outcome) =>
    outcome.kind === 'left' && outcome.answered !== undefined && exchanged.has(outcome.answered)
      ? { kind: 'refreshed', response: outcome.answered.response }
      : outcome,
  );
}

/** Whether it may be refreshed, and what the answer would be. Nobody is waited for. */
async function answer(
  deps: RefreshBatchesDeps,
  { client, request }: AskedRefresh,
  found: FoundToRefresh | undefined,
): Promise<Outcome> {
  if (found === undefined || found.grant.client_resource_id !== client.resourceId) {
    throw oauthErrors.refresh_token_invalid();
  }
  const { grant, live, asOf } = found;
  const user = judgeStanding({ ...found, createdAt: grant.created_at });
  if (user === 'session_ended') return { kind: 'session_ended', sessionId: grant.session_id ?? '' };
  return {
    kind: 'left',
    answered: live ? await answerRefresh(deps, client, { grant, user, request, asOf }) : undefined,
  };
}

async function exchange(
  tx: Tx,
  deps: RefreshBatchesDeps,
  tenantId: string,
  { asked, outcomes }: { asked: readonly AskedRefresh[]; outcomes: readonly Outcome[] },
): Promise<ReadonlySet<AnsweredRefresh>> {
  const first = new Map<string, AnsweredRefresh>();
  for (const [index, { request }] of asked.entries()) {
    const outcome = outcomes[index];
    if (outcome?.kind !== 'left' || outcome.answered === undefined || first.has(request.hash)) continue;
    // With another secret than before the grant changes as well.
    const sameSecret = outcome.answered.grant.client_secret_id === (request.sender.secretId ?? null);
    if (sameSecret) first.set(request.hash, outcome.answered);
  }
  if (first.size === 0) return new Set();
  const tokens = [...first.values()];
  const exchanged = await exchangeRefreshTokens(tx, deps, tenantId, tokens);
  return new Set(tokens.filter(({ hash }) => exchanged.has(hash)));
}
