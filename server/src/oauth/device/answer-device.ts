import { type AttemptBudget, equalSecrets, type IdSource, type Logger, networkOf } from '#base';
import { credentialHash, type Keyring } from '#keyring';
import type { Store } from '#store';
import type { ClientDirectory } from '../clients/client-directory.ts';
import { askingClient } from '../clients/self-registered.ts';
import { type AskedItems, describeWanted } from '../consent/asked-items.ts';
import { readDecoupledTarget } from '../decoupled/choose-target.ts';
import { decideRequest } from '../decoupled/decide-request.ts';
import type { DecoupledTables } from '../decoupled/tables.ts';
import { oauthErrors } from '../errors.ts';
import type { AskingClient, BrowserRequest, BrowserSession, SigninPort, UsersPort } from '../ports.ts';
import { fromBrowser, type OAuthProblem, toProblem } from '../protocol/error-response.ts';
import { param, refuseRepeatedParams, requiredParam } from '../protocol/read-params.ts';
import { DEVICE_PATH } from './authorize-device.ts';
import { readUserCode, showUserCode } from './user-code.ts';

export interface AnswerDeviceDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clients: ClientDirectory;
  signin: Pick<SigninPort, 'currentSession' | 'acrValues'>;
  users: Pick<UsersPort, 'userClaims'>;
  /** Of codes that were tried in vain, by person and by network. */
  codeGuesses: AttemptBudget;
  log: Logger;
}

/** What the page asks: the person compares the code with the one on their device, and reads who wants what. */
export interface DevicePrompt extends AskedItems {
  /** Sent back with the answer: it proves that this person, in this session, was asked about this code. */
  interaction: string;
  userCode: string;
  client: AskingClient;
  person: { name: string | undefined; email: string | undefined };
  api: { name: string; audience: string } | undefined;
  /** Address of the device, as the issuer saw it. */
  address: string;
  /** Milliseconds. */
  requestedAt: number;
}

export type DeviceOutcome =
  | { kind: 'sign_in'; returnTo: string }
  | { kind: 'enter_code'; typed: string; problem?: OAuthProblem }
  | { kind: 'confirm'; prompt: DevicePrompt }
  | { kind: 'answered'; allowed: boolean; client: { displayName: string } }
  | { kind: 'problem'; problem: OAuthProblem };

/** The page on which a person enters the code that a device shows (RFC 8628 §3.3). Never throws. */
export async function showDevice(deps: AnswerDeviceDeps, request: BrowserRequest): Promise<DeviceOutcome> {
  const typed = param(request.params, 'user_code')?.slice(0, 64) ?? '';
  try {
    refuseRepeatedParams(request.params);
    const session = await deps.signin.currentSession(request);
    if (session === undefined) {
      const query = typed === '' ? '' : `?${new URLSearchParams({ user_code: typed })}`;
      return { kind: 'sign_in', returnTo: `${DEVICE_PATH}${query}` };
    }
    if (typed === '') return { kind: 'enter_code', typed };
    return { kind: 'confirm', prompt: await describe(deps, request, session, typed) };
  } catch (thrown) {
    return { kind: 'enter_code', typed, problem: toProblem(deps, thrown, fromBrowser('device', request)) };
  }
}

/** The person's answer. Never throws. */
export async function decideDevice(deps: AnswerDeviceDeps, request: BrowserRequest): Promise<DeviceOutcome> {
  const { tenantId, params } = request;
  try {
    refuseRepeatedParams(params);
    const decision = requiredParam(params, 'decision');
    if (decision !== 'allow' && decision !== 'deny') {
      throw oauthErrors.parameter_malformed({ message: 'decision must be allow or deny.' });
    }
    const code = readUserCode(requiredParam(params, 'user_code'));
    const session = await deps.signin.currentSession(request);
    if (code === undefined || session === undefined) throw oauthErrors.device_answer_invalid();
    const expected = interactionOf(deps, session, code);
    if (!equalSecrets(expected, requiredParam(params, 'interaction'))) throw oauthErrors.device_answer_invalid();
    const decided = await deps.store.transaction({ tenantId }, async (tx) => {
      const found = await tx
        .withTables<DecoupledTables>()
        .selectFrom('decoupled_requests')
        .select('hash')
        .where('tenant_id', '=', tenantId)
        .where('user_code_hash', '=', credentialHash(deps.keyring, code))
        .executeTakeFirst();
      return found && decideRequest(tx, deps, { tenantId, hash: found.hash, session, decision, params });
    });
    if (decided?.kind !== 'decided') throw oauthErrors.device_answer_invalid();
    const displayName = deps.clients.client(tenantId, decided.clientId)?.displayName ?? decided.clientId;
    return { kind: 'answered', allowed: decided.allowed, client: { displayName } };
  } catch (thrown) {
    return { kind: 'problem', problem: toProblem(deps, thrown, fromBrowser('device', request)) };
  }
}

/** RFC 8628 §5.1: codes are short, so tries are few. @throws `too_many_failures`, `user_code_invalid`. */
async function describe(
  deps: AnswerDeviceDeps,
  { tenantId, ip }: BrowserRequest,
  session: BrowserSession,
  typed: string,
): Promise<DevicePrompt> {
  const guesser = [`${tenantId} ${session.userId}`, networkOf(ip)];
  const retryAfterSeconds = Math.max(...guesser.map((who) => deps.codeGuesses.retryAfterSeconds(who) ?? 0));
  if (retryAfterSeconds > 0) {
    throw oauthErrors.too_many_failures({
      message: `Too many codes were wrong. Wait ${retryAfterSeconds} seconds, then enter the code from your device.`,
      details: { retryAfterSeconds },
    });
  }
  // Spent before it is known whether the code is right, or a thousand guesses at once would count as none.
  for (const who of guesser) deps.codeGuesses.spend(who);
  const code = readUserCode(typed);
  const found = code === undefined ? undefined : await findPending(deps, tenantId, code);
  const target = found && readDecoupledTarget(deps.clients, tenantId, found);
  const person = found && (await deps.users.userClaims(tenantId, session.userId));
  if (code === undefined || found === undefined || target === undefined || !person) {
    throw oauthErrors.user_code_invalid();
  }
  for (const who of guesser) deps.codeGuesses.refund(who);
  const { client, wanted } = target;
  const [api] = wanted.apis;
  return {
    interaction: interactionOf(deps, session, code),
    userCode: showUserCode(code),
    client: askingClient(client),
    person: { name: person.name, email: person.email },
    ...describeWanted(client, wanted),
    api: api === undefined ? undefined : { name: api.name, audience: api.audience },
    address: found.address,
    requestedAt: found.created_at,
  };
}

function findPending({ store, keyring, clock }: AnswerDeviceDeps, tenantId: string, code: string) {
  return store.transaction(
    { tenantId },
    (tx) =>
      tx
        .withTables<DecoupledTables>()
        .selectFrom('decoupled_requests')
        .select(['client_id', 'client_resource_id', 'scope', 'api', 'authorization_details', 'address', 'created_at'])
        .where('tenant_id', '=', tenantId)
        .where('user_code_hash', '=', credentialHash(keyring, code))
        .where('decided_at', 'is', null)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst(),
    { readOnly: true },
  );
}

function interactionOf({ keyring }: AnswerDeviceDeps, { sessionId }: BrowserSession, code: string): string {
  return keyring.mac('device interaction', JSON.stringify([sessionId, code])).toString('base64url');
}
