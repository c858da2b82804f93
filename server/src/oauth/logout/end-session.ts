import { equalSecrets } from '#base';
import type { Keyring, SigningKeys } from '#keyring';
import type { Client, ClientDirectory } from '../clients/client-directory.ts';
import { isSelfRegistered } from '../clients/self-registered.ts';
import { oauthErrors } from '../errors.ts';
import { sessionPrincipal } from '../grants/acting-principal.ts';
import type { Issuers } from '../issuers.ts';
import type { BrowserRequest, BrowserSession, SigninPort } from '../ports.ts';
import { fromBrowser, type OAuthProblem, type ProblemDeps, toProblem } from '../protocol/error-response.ts';
import { param, refuseRepeatedParams } from '../protocol/read-params.ts';
import type { PairwiseSubjects } from '../tokens/pairwise-subjects.ts';
import { type IdTokenClaims, readIdToken } from '../tokens/read-id-token.ts';

export interface EndSessionDeps extends ProblemDeps {
  keyring: Pick<Keyring, 'mac'>;
  signingKeys: Pick<SigningKeys, 'verificationKey'>;
  issuers: Issuers;
  clients: ClientDirectory;
  subjects: PairwiseSubjects;
  signin: Pick<SigninPort, 'actingSession' | 'currentSession' | 'endSession'>;
}

export type LogoutOutcome =
  /** The session is over; where to, if the client named a place that it registered. `acting`: it was one for somebody else. */
  | { kind: 'signed_out'; acting?: true; location: string | undefined }
  /** Nobody proved that the person wants this: they are asked. */
  | { kind: 'confirm'; proof: string; fields: Readonly<Record<string, string>>; client: string | undefined }
  | { kind: 'problem'; problem: OAuthProblem };

/** Sent back by the confirmation page. */
const PROOF = 'csrf_token';
const CARRIED = ['client_id', 'post_logout_redirect_uri', 'state'] as const;

/** The end session endpoint (OpenID Connect RP-Initiated Logout §2). Never throws. */
export async function endSessionEndpoint(deps: EndSessionDeps, request: BrowserRequest): Promise<LogoutOutcome> {
  try {
    refuseRepeatedParams(request.params);
    const hint = readHint(deps, request);
    const client = readClient(deps, request, hint);
    const location = readLocation(request, client);
    const acting = await deps.signin.actingSession?.(request);
    const session = acting ?? (await deps.signin.currentSession(request));
    if (session === undefined) {
      // Nobody was asked anything: a stranger's address is nowhere to send people then (RFC 9700 §4.11.2).
      const isTrusted = client === undefined || !isSelfRegistered(client);
      return { kind: 'signed_out', location: isTrusted ? location : undefined };
    }
    // §2: whoever can't show that the person was signed in through it could sign anybody out (ASVS 10.6.2).
    if (!isMeant(hint, session) && !isConfirmed(deps, request, session)) {
      return { kind: 'confirm', proof: proofOf(deps, session), fields: carried(request), client: client?.displayName };
    }
    const actor = sessionPrincipal(request.tenantId, session);
    await deps.signin.endSession({ tenantId: request.tenantId, userId: session.userId, id: session.sessionId, actor });
    return { kind: 'signed_out', location, ...(acting === undefined ? {} : { acting: true }) };
  } catch (thrown) {
    return { kind: 'problem', problem: toProblem(deps, thrown, fromBrowser('logout', request)) };
  }
}

function readHint(deps: EndSessionDeps, { tenantId, params }: BrowserRequest): IdTokenClaims | undefined {
  const text = param(params, 'id_token_hint');
  if (text === undefined) return undefined;
  // An old one will do: people sign out long after they signed in.
  const hint = readIdToken(deps, tenantId, text);
  if (hint === undefined) {
    throw oauthErrors.parameter_malformed({
      message:
        'The id_token_hint is not an id token of this issuer. Send the one that the client got, or leave it out.',
    });
  }
  return hint;
}

function readClient(
  { clients }: EndSessionDeps,
  { tenantId, params }: BrowserRequest,
  hint: IdTokenClaims | undefined,
): Client | undefined {
  const clientId = param(params, 'client_id');
  // §2: they must say the same.
  if (clientId !== undefined && hint !== undefined && clientId !== hint.aud) {
    throw oauthErrors.parameter_malformed({
      message: 'client_id is not the client that the id_token_hint was issued to.',
    });
  }
  const named = clientId ?? hint?.aud;
  const client = named === undefined ? undefined : clients.client(tenantId, named);
  if (clientId !== undefined && client === undefined) throw oauthErrors.client_unknown();
  return client;
}

/** §3: exactly as registered, or nobody is sent anywhere. */
function readLocation({ params }: BrowserRequest, client: Client | undefined): string | undefined {
  const uri = param(params, 'post_logout_redirect_uri');
  if (uri === undefined) return undefined;
  if (client?.spec.postLogoutRedirectUris?.includes(uri) !== true) {
    throw oauthErrors.redirect_uri_unregistered({
      message:
        'The post_logout_redirect_uri is not registered for this client. It must equal one of its postLogoutRedirectUris, and the client must be named by client_id or id_token_hint.',
    });
  }
  const state = param(params, 'state');
  if (state === undefined) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
}

/** A hint about somebody else, or about another session of theirs, says nothing about this browser. */
const isMeant = (hint: IdTokenClaims | undefined, { userId, sessionId }: BrowserSession) =>
  hint !== undefined && hint.sub === userId && (hint.sid === undefined || hint.sid === sessionId);

function isConfirmed(deps: EndSessionDeps, { params }: BrowserRequest, session: BrowserSession): boolean {
  const shown = param(params, PROOF);
  return shown !== undefined && equalSecrets(shown, proofOf(deps, session));
}

const proofOf = ({ keyring }: EndSessionDeps, { sessionId }: BrowserSession) =>
  keyring.mac('logout confirmation', sessionId).toString('base64url');

const carried = ({ params }: BrowserRequest) =>
  Object.fromEntries(
    CARRIED.flatMap((name) => (param(params, name) === undefined ? [] : [[name, param(params, name) ?? '']])),
  );
