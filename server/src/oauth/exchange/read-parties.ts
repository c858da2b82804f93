import { oauthErrors } from '../errors.ts';
import { requireStanding } from '../grants/require-standing.ts';
import { established } from '../protocol/endpoint.ts';
import { param, printable, requiredParam } from '../protocol/read-params.ts';
import { ACT_DEPTH_MAX, type ActClaim } from '../tokens/access-token-claims.ts';
import { isHeldBy } from '../tokens/confirmation.ts';
import type { ExchangeContext } from './exchange-context.ts';
import { PARTY_READERS, type PresentedParty } from './presented-party.ts';
import { TOKEN_TYPES } from './token-types.ts';

/** RFC 8693 §2.1: whom the new token will be about. */
export async function readSubject(context: ExchangeContext): Promise<undefined> {
  const { deps, client, params } = context;
  const text = requiredParam(params, 'subject_token');
  const type = requiredParam(params, 'subject_token_type');
  // A public client can be anybody: an API key speaks for itself, a token that was stolen must not.
  if (client.type === 'public' && type !== TOKEN_TYPES.apiKey) throw oauthErrors.client_public();
  const subject = readerOf(type)(deps, client, text);
  if (subject === undefined) throw oauthErrors.subject_token_invalid();
  demandHeld(context, subject);
  context.subjectTokenType = type;
  context.subject = subject.type === 'user' ? await withPresentRoles(context, subject) : subject;
}

/** RFC 8693 §2.1: who will act. Left out: the client becomes the subject, as far as anybody can tell. */
export async function readActor(context: ExchangeContext): Promise<undefined> {
  const { deps, client, params } = context;
  const text = param(params, 'actor_token');
  const type = param(params, 'actor_token_type');
  if ((text === undefined) !== (type === undefined)) throw oauthErrors.actor_incomplete();
  if (text === undefined || type === undefined) return;
  if (type === TOKEN_TYPES.apiKey || type === TOKEN_TYPES.idToken) throw oauthErrors.token_type_unknown();
  const actor = readerOf(type)(deps, client, text);
  // Whoever acts shows a token of its own: not one that it got from somebody it acts for.
  if (actor === undefined || actor.clientId !== client.id || actor.act !== undefined) {
    throw oauthErrors.actor_token_invalid();
  }
  demandHeld(context, actor);
  // Somebody who may no longer sign in acts for nobody, whether it was heard of here or not.
  if (actor.type === 'user') await withPresentRoles(context, actor);
  context.actor = actor;
}

/**
 * A bound token is exchanged by whoever proves its key in this very request, and what comes of it is bound to the same
 * key: otherwise an exchange would make a bearer token of what was stolen without its key.
 */
function demandHeld({ sender }: ExchangeContext, { confirmation }: PresentedParty): void {
  if (confirmation !== undefined && !isHeldBy(confirmation, sender.confirmation)) {
    throw oauthErrors.exchange_token_bound();
  }
}

/** RFC 8693 §4.1: the current actor outermost, those before it inside. Nobody who acted is ever left out. */
export function chainActors(context: ExchangeContext): undefined {
  const { actor } = context;
  const { act: before } = established(context, 'subject');
  const act: ActClaim | undefined =
    actor === undefined
      ? before
      : {
          sub: actor.id,
          ...(actor.clientId === undefined || actor.clientId === actor.id ? {} : { client_id: actor.clientId }),
          ...(before === undefined ? {} : { act: before }),
        };
  if (depthOf(act) > ACT_DEPTH_MAX) throw oauthErrors.delegation_too_deep();
  context.act = act;
}

function depthOf(act: ActClaim | undefined): number {
  return act === undefined ? 0 : 1 + depthOf(act.act);
}

function readerOf(type: string) {
  const reader = PARTY_READERS.get(type);
  if (reader !== undefined) return reader;
  throw oauthErrors.token_type_unknown({
    message: `The token type ${printable(type)} can't be exchanged here. Use one of ${[...PARTY_READERS.keys()].join(', ')}.`,
  });
}

/**
 * A person's roles and organization change: they are read anew, as with every token about a person; and somebody who may
 * no longer sign in is nobody to act for. A key keeps the roles that it was given, which may be fewer.
 */
async function withPresentRoles({ deps, client }: ExchangeContext, subject: PresentedParty): Promise<PresentedParty> {
  const { id: userId, sessionId = null, issuedAt, apiKeyId } = subject;
  const standing = { userId, sessionId, createdAt: issuedAt * 1000 + 999 };
  // A token that an organization's client got says of the person what they are there: exchanged, it says no more.
  const within = deps.clients.client(client.tenantId, subject.clientId ?? '')?.organizationId;
  const { roles, groups = [], organizationId } = await requireStanding(deps, client.tenantId, standing, within);
  return apiKeyId === undefined ? { ...subject, roles, groups, organizationId } : subject;
}
