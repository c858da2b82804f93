import type { IdSource } from '#base';
import type { SigningKeys } from '#keyring';
import { credentialHash, type Keyring, mintCredential } from '#keyring';
import type { Store, Tx } from '#store';
import { knownAcr } from '../authorization/acr-ranks.ts';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { readScope } from '../clients/scope.ts';
import { chooseDecoupledTarget } from '../decoupled/choose-target.ts';
import type { DecoupledTables } from '../decoupled/tables.ts';
import {
  CLIENT_CHECKS,
  type ClientContext,
  type ClientEndpointDeps,
  runClientEndpoint,
} from '../endpoints/client-endpoint.ts';
import { forGrant, oauthErrors } from '../errors.ts';
import type { SignedRequestDeps } from '../jwt/signed-request.ts';
import type { NoticePort, SigninPort, UsersPort } from '../ports.ts';
import { type Check, type EndpointRequest, type EndpointResponse, established } from '../protocol/endpoint.ts';
import { type Params, param, requiredParam } from '../protocol/read-params.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import { readIdToken } from '../tokens/read-id-token.ts';
import { type ApprovalCodeDeps, demandApprovalCode } from './demand-approval-code.ts';
import { readSignedQuestion } from './read-signed-question.ts';

export interface AuthorizeBackchannelDeps extends ClientEndpointDeps, ApprovalCodeDeps, SignedRequestDeps, IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac' | 'seal'>;
  signingKeys: Pick<SigningKeys, 'verificationKey'>;
  clients: ClientDirectory;
  subjects: PairwiseSubjects;
  signin: Pick<SigninPort, 'acrValues'>;
  users: UsersPort;
  notices: NoticePort;
}

interface BackchannelContext extends ClientContext {
  deps: AuthorizeBackchannelDeps;
  answer?: Record<string, unknown>;
}

const LIFETIME_SECONDS_MAX = 600;
const LIFETIME_SECONDS_DEFAULT = 300;
const INTERVAL_SECONDS = 5;
/** So many questions may wait for one person: more would be a way to make somebody say yes to be left in peace. */
const PENDING_MAX = 5;
/** Short enough to be read and compared (OpenID Connect CIBA §7.1). */
const BINDING_MESSAGE = /^[\p{L}\p{N}\p{P}\p{S} ]{1,64}$/u;
const NOTIFICATION_TOKEN = /^[A-Za-z0-9\-._~+/]{22,1024}=*$/;
/** Asked in the place of a person who does not exist: nobody will answer, and nobody learns why. */
const NOBODY = 'nobody';

export const placeOfNotification = (hash: string) => ({
  table: 'decoupled_requests',
  column: 'notify_sealed',
  row: hash,
});

const BACKCHANNEL_CHECKS: readonly Check<BackchannelContext>[] = [...CLIENT_CHECKS, checkClientMayAsk, askPerson];

/** The backchannel authentication endpoint (OpenID Connect CIBA Core §7). Never throws. */
export function backchannelEndpoint(
  deps: AuthorizeBackchannelDeps,
  request: EndpointRequest,
): EndpointResponse | Promise<EndpointResponse> {
  const context: BackchannelContext = { deps, request };
  return runClientEndpoint('backchannel_authentication', BACKCHANNEL_CHECKS, context, () =>
    established(context, 'answer'),
  );
}

function checkClientMayAsk(context: BackchannelContext): undefined {
  const client = established(context, 'client');
  if (client.type === 'public') throw oauthErrors.client_public();
  if (!client.grants.has('ciba')) throw oauthErrors.grant_not_allowed(forGrant('ciba'));
}

async function askPerson(context: BackchannelContext): Promise<undefined> {
  const { deps, request } = context;
  const client = established(context, 'client');
  const { tenantId } = client;
  const params = await readSignedQuestion(deps, client, request.params);
  const scopes = readScope(requiredParam(params, 'scope'));
  if (!scopes.includes('openid')) {
    throw oauthErrors.scope_not_allowed({ message: 'scope must contain openid (OpenID Connect CIBA section 7.1).' });
  }
  const asked = chooseDecoupledTarget(deps.clients, client, params);
  const bindingMessage = readBindingMessage(params);
  const lifetimeSeconds = readLifetime(params);
  const userId = await readPerson(deps, client, params);
  await demandApprovalCode(deps, client, userId, param(params, 'user_code'));
  const authReqId = mintCredential('auth_req_id', deps.random);
  const hash = credentialHash(deps.keyring, authReqId);
  const notification = readNotification(client, params);
  const now = deps.clock.now();
  await deps.store.transaction({ tenantId }, async (tx) => {
    await demandRoom(tx, { tenantId, userId, now });
    await tx
      .withTables<DecoupledTables>()
      .insertInto('decoupled_requests')
      .values({
        tenant_id: tenantId,
        hash,
        kind: 'ciba',
        client_id: client.id,
        client_resource_id: client.resourceId,
        ...asked,
        // Wishes for what there is not here ask for nothing (OpenID Connect Core §3.1.2.1: voluntary).
        acr: knownAcr(deps.signin, param(params, 'acr_values'))?.join(' ') ?? null,
        user_id: userId,
        binding_message: bindingMessage ?? null,
        notify_sealed:
          notification === undefined
            ? null
            : deps.keyring.seal(JSON.stringify({ token: notification, authReqId }), placeOfNotification(hash)),
        address: request.ip,
        created_at: now,
        expires_at: now + lifetimeSeconds * 1000,
        interval_seconds: INTERVAL_SECONDS,
        notify_attempts: 0,
      })
      .execute();
    // About nobody too: it ends in no mail, and takes the same time.
    await deps.notices.notify(tx, {
      kind: 'approval_requested',
      tenantId,
      userId,
      client: { id: client.id, displayName: client.displayName },
      at: now,
      expiresAt: now + lifetimeSeconds * 1000,
    });
  });
  context.answer = { auth_req_id: authReqId, expires_in: lifetimeSeconds, interval: INTERVAL_SECONDS };
}

/** §7.1: exactly one hint. */
async function readPerson(deps: AuthorizeBackchannelDeps, client: Client, params: Params): Promise<string> {
  const [login, idToken] = [param(params, 'login_hint'), param(params, 'id_token_hint')];
  if ((login === undefined) === (idToken === undefined) || param(params, 'login_hint_token') !== undefined) {
    throw oauthErrors.parameter_malformed({ message: 'Send exactly one of login_hint and id_token_hint.' });
  }
  const { tenantId } = client;
  if (idToken !== undefined) {
    const hint = readIdToken(deps, tenantId, idToken);
    if (hint?.aud !== client.id) {
      throw oauthErrors.parameter_malformed({ message: 'The id_token_hint is not an id token that this client got.' });
    }
    return hint.sub;
  }
  const userId = (await deps.users.userByEmail(tenantId, login ?? '')) ?? login ?? '';
  return (await deps.users.userClaims(tenantId, userId)) === undefined ? NOBODY : userId;
}

function readBindingMessage(params: Params): string | undefined {
  const message = param(params, 'binding_message');
  if (message !== undefined && !BINDING_MESSAGE.test(message)) throw oauthErrors.binding_message_invalid();
  return message;
}

function readLifetime(params: Params): number {
  const text = param(params, 'requested_expiry');
  if (text === undefined) return LIFETIME_SECONDS_DEFAULT;
  const seconds = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds < 1)
    throw oauthErrors.parameter_malformed({ message: 'requested_expiry must be a positive whole number.' });
  return Math.min(seconds, LIFETIME_SECONDS_MAX);
}

/** §7.1: with ping, the token by which we will prove to the client who we are. */
function readNotification({ spec }: Client, params: Params): string | undefined {
  if (spec.backchannelNotificationUri === undefined) return undefined;
  const token = requiredParam(params, 'client_notification_token');
  if (!NOTIFICATION_TOKEN.test(token)) {
    throw oauthErrors.parameter_malformed({
      message: 'client_notification_token must be a bearer token of 22 to 1024 characters (128 bits at least).',
    });
  }
  return token;
}

async function demandRoom(tx: Tx, { tenantId, userId, now }: { tenantId: string; userId: string; now: number }) {
  if (userId === NOBODY) return;
  const waiting = await tx
    .withTables<DecoupledTables>()
    .selectFrom('decoupled_requests')
    .select('hash')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('kind', '=', 'ciba')
    .where('decided_at', 'is', null)
    .where('expires_at', '>', now)
    .limit(PENDING_MAX)
    .execute();
  if (waiting.length === PENDING_MAX) throw oauthErrors.approvals_waiting();
}
