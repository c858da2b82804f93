import { equalSecrets, type IdSource, type Logger, type SafeFetch } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { type AskedItems, describeWanted } from '../consent/asked-items.ts';
import { readDecoupledTarget } from '../decoupled/choose-target.ts';
import { decideRequest } from '../decoupled/decide-request.ts';
import type { DecoupledTables } from '../decoupled/tables.ts';
import { oauthErrors } from '../errors.ts';
import type { BrowserRequest, BrowserSession, SigninPort } from '../ports.ts';
import { fromBrowser, type OAuthProblem, toProblem } from '../protocol/error-response.ts';
import { refuseRepeatedParams, requiredParam } from '../protocol/read-params.ts';
import { changeApprovalCode, codeInteraction } from './change-approval-code.ts';
import { codeHashOf } from './demand-approval-code.ts';
import { pingClient } from './ping-clients.ts';

export interface AnswerApprovalDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac' | 'open'>;
  clients: ClientDirectory;
  signin: Pick<SigninPort, 'currentSession' | 'acrValues'>;
  fetch: SafeFetch;
  log: Logger;
}

/** One question that waits for the person. */
export interface Approval extends AskedItems {
  /** Names it in the answer. */
  request: string;
  interaction: string;
  client: { id: string; displayName: string };
  api: { name: string; audience: string } | undefined;
  bindingMessage: string | undefined;
  /** Milliseconds. */
  requestedAt: number;
}

/** The person's own code, as far as a page may tell. */
export interface ApprovalCode {
  isSet: boolean;
  /** Proves that a change comes from this page. */
  interaction: string;
}

export type ApprovalsOutcome =
  | { kind: 'sign_in'; returnTo: string; acrValues?: readonly string[] }
  | { kind: 'approvals'; approvals: readonly Approval[]; code: ApprovalCode }
  | { kind: 'problem'; problem: OAuthProblem };

export const APPROVALS_PATH = '/approvals';
const SHOWN_MAX = 20;

/** What applications ask this person, who is at another device just now (OpenID Connect CIBA §8). Never throws. */
export async function showApprovals(deps: AnswerApprovalDeps, request: BrowserRequest): Promise<ApprovalsOutcome> {
  try {
    const session = await deps.signin.currentSession(request);
    if (session === undefined) return { kind: 'sign_in', returnTo: APPROVALS_PATH };
    return await pageOf(deps, request.tenantId, session);
  } catch (thrown) {
    return { kind: 'problem', problem: toProblem(deps, thrown, fromBrowser('approvals', request)) };
  }
}

/** The person's answer, once, from the session that was asked. Never throws. */
export async function decideApproval(deps: AnswerApprovalDeps, request: BrowserRequest): Promise<ApprovalsOutcome> {
  const { tenantId, params } = request;
  try {
    refuseRepeatedParams(params);
    if (params.some(([name]) => name === 'approval_code')) return await changeCode(deps, request);
    const hash = requiredParam(params, 'request');
    const decision = requiredParam(params, 'decision');
    if (decision !== 'allow' && decision !== 'deny') {
      throw oauthErrors.parameter_malformed({ message: 'decision must be allow or deny.' });
    }
    const session = await deps.signin.currentSession(request);
    if (
      session === undefined ||
      !equalSecrets(requiredParam(params, 'interaction'), interactionOf(deps, session, hash))
    ) {
      throw oauthErrors.device_answer_invalid();
    }
    const decided = await deps.store.transaction({ tenantId }, (tx) =>
      decideRequest(tx, deps, { tenantId, hash, session, decision, params }),
    );
    if (decided === undefined) throw oauthErrors.device_answer_invalid();
    // Back on this page they answer anew, with the session that they have by then.
    if (decided.kind === 'too_weak') {
      return { kind: 'sign_in', returnTo: APPROVALS_PATH, acrValues: decided.acrValues };
    }
    // The person does not wait for the client's server, and the client may ask by itself if this is lost.
    void pingClient(deps, tenantId, decided.hash).catch((err: unknown) =>
      deps.log.warn({ err }, 'a client is pinged later'),
    );
    return await pageOf(deps, tenantId, session);
  } catch (thrown) {
    return { kind: 'problem', problem: toProblem(deps, thrown, fromBrowser('approvals', request)) };
  }
}

async function changeCode(deps: AnswerApprovalDeps, request: BrowserRequest): Promise<ApprovalsOutcome> {
  const session = await deps.signin.currentSession(request);
  if (session === undefined) throw oauthErrors.device_answer_invalid();
  await changeApprovalCode(deps, request, session);
  return pageOf(deps, request.tenantId, session);
}

async function pageOf(deps: AnswerApprovalDeps, tenantId: string, session: BrowserSession): Promise<ApprovalsOutcome> {
  const { userId } = session;
  const hash = await deps.store.transaction({ tenantId }, (tx) => codeHashOf(tx, { tenantId, userId }), {
    readOnly: true,
  });
  const code = { isSet: hash !== undefined, interaction: codeInteraction(deps, session) };
  return { kind: 'approvals', approvals: await waitingFor(deps, tenantId, session), code };
}

async function waitingFor(deps: AnswerApprovalDeps, tenantId: string, session: BrowserSession): Promise<Approval[]> {
  const rows = await deps.store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<DecoupledTables>()
        .selectFrom('decoupled_requests')
        .select([
          'hash',
          'client_id',
          'client_resource_id',
          'scope',
          'api',
          'authorization_details',
          'binding_message',
          'created_at',
        ])
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', session.userId)
        .where('kind', '=', 'ciba')
        .where('decided_at', 'is', null)
        .where('expires_at', '>', deps.clock.now())
        .orderBy('created_at')
        .limit(SHOWN_MAX)
        .execute(),
    { readOnly: true },
  );
  return rows.flatMap((row) => {
    const target = readDecoupledTarget(deps.clients, tenantId, row);
    if (target === undefined) return [];
    const { client, wanted } = target;
    const [api] = wanted.apis;
    return [
      {
        request: row.hash,
        interaction: interactionOf(deps, session, row.hash),
        client: { id: client.id, displayName: client.displayName },
        ...describeWanted(client, wanted),
        api: api === undefined ? undefined : { name: api.name, audience: api.audience },
        bindingMessage: row.binding_message ?? undefined,
        requestedAt: row.created_at,
      },
    ];
  });
}

const interactionOf = ({ keyring }: AnswerApprovalDeps, { sessionId }: BrowserSession, hash: string) =>
  keyring.mac('approval interaction', JSON.stringify([sessionId, hash])).toString('base64url');
