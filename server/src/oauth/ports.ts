import type { Decision, DecisionRequest, Principal, SafeFetch } from '#base';
import type { Tx } from '#store';
import type { Params } from './protocol/read-params.ts';

/** What a page of the browser's own sends: no client authentication, but cookies. */
export interface BrowserRequest {
  tenantId: string;
  params: Params;
  /** The Cookie header, for whoever knows the session's cookie. */
  cookie: string | undefined;
  ip: string;
  userAgent: string | undefined;
}

/** Who sits at the browser, as `signin` knows it. */
export interface BrowserSession {
  userId: string;
  sessionId: string;
  /** Seconds since the epoch: when the person last proved who they are. */
  authTime: number;
  amr: readonly string[];
  acr: string | undefined;
  /** Who acts for the person in it, when that is somebody else (RFC 8693 §4.1). */
  actor?: string | undefined;
}

export interface SigninPort {
  /** Values of `acr` that a sign-in may have, the weakest first. */
  readonly acrValues: readonly string[];
  currentSession(request: BrowserRequest): Promise<BrowserSession | undefined>;
  /**
   * The session in which the person at the browser acts for somebody else. Asked only where applications are told who uses
   * them; whatever is decided or changed, the person decides as themselves. Left out: nobody acts for anybody.
   */
  actingSession?(request: BrowserRequest): Promise<BrowserSession | undefined>;
  /** May anybody make an account? Left out: nobody may. */
  isRegistrationOpen?(tenantId: string): boolean;
  /** Which of these are over: signed out, expired, or of someone who may not sign in any more. Never called inside a transaction of ours. */
  endedSessions(tenantId: string, sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The same in a transaction of ours. */
  endedSessionsIn(tx: Tx, tenantId: string, sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Signs a person out of one session. One that is over already is no failure. */
  endSession(session: { tenantId: string; userId: string; id: string; actor: Principal }): Promise<void>;
}

/** What tokens and userinfo may say about a person. */
export interface UserClaims {
  name?: string | undefined;
  email?: string | undefined;
  emailVerified?: boolean | undefined;
  /** The language they chose: a tag (RFC 5646). */
  locale?: string | undefined;
  roles: readonly string[];
  /** What the operator keeps about people, by name. */
  attributes?: Readonly<Record<string, unknown>> | undefined;
  /** Ids of groups. */
  groups?: readonly string[] | undefined;
  /** The organization that the person, and so whoever acts for them, is confined to. */
  organizationId?: string | undefined;
  /** Milliseconds: whatever was granted up to then has ended, because the account was disabled since. */
  grantsNotBefore?: number | undefined;
}

/** Not called inside a transaction of ours, except where one is passed. */
export interface UsersPort {
  /**
   * As the person acts in this session, whose organization is the active one.
   * undefined: there is no such person, or they may no longer sign in.
   * `organizationId`: as they act in that organization, whatever was chosen, with what they are there and nothing of what
   * they are in the tenant; undefined for who does not belong to it.
   */
  userClaims(
    tenantId: string,
    userId: string,
    sessionId?: string,
    organizationId?: string,
  ): Promise<UserClaims | undefined>;
  /**
   * The same of several, in the order asked, for what it costs to ask about one. In a transaction of ours: whoever asks
   * has a connection already, and needs no other.
   */
  claimsOfMany(
    tx: Tx,
    tenantId: string,
    people: readonly {
      userId: string;
      sessionId?: string | undefined;
      organizationId?: string | undefined;
    }[],
  ): Promise<readonly (UserClaims | undefined)[]>;
  /** Who has this e-mail address; undefined when nobody has. */
  userByEmail(tenantId: string, email: string): Promise<string | undefined>;
  /** Of those people who may sign in, since when (`grantsNotBefore`). Who may not is not among them. */
  standing(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** What is asked about organizations. Sync: from memory. */
export interface OrganizationsPort {
  /** Domains of its own, by its name; none for one that is not there. */
  domainsOf(tenantId: string, organization: string): readonly string[];
}

/**
 * The guarded fetch, once for each reason there is to fetch what others name: an operator who opens a network of his own to
 * one of them has not opened it to the rest.
 */
export interface OutboundFetches {
  /** What clients say of themselves: metadata documents, key sets, request objects. */
  clients: SafeFetch;
  /** Metadata and key sets of other issuers. */
  issuers: SafeFetch;
  /** What clients are told behind the browser's back: logouts, and that a person has answered. */
  backChannel: SafeFetch;
}

/** Verifies API keys, for those who exchange one for a token. Sync: both are asked while a request waits. */
export interface ApiKeysPort {
  /** Without a place, a key that may be used at some places only is refused. */
  verifyApiKey(
    text: string,
    now: number,
    place?: { tenantId: string; address: string; api?: string },
  ): { ok: true; principal: Principal } | { ok: false; reason?: string; description: string };
  /** It was used, elsewhere than at the gateway. Left out: nobody keeps account of it. */
  noteUse?(principal: Principal, use: { at: number; address: string }): void;
  /** Is the key with this id good now? `anywhere`: and is it bound to no address, API or route? */
  isLive(tenantId: string, keyId: string, now: number, anywhere?: boolean): boolean;
  /** The plan that the key is on at present. Left out: keys have none. */
  planOf?(tenantId: string, keyId: string): string | undefined;
}

/** May this be done? Deny by default. */
export interface AuthorizerPort {
  decide(request: DecisionRequest): Decision;
}

/** What a person should hear of. */
export interface OAuthNotice {
  /** A stolen refresh token was noticed; an application waits for an answer on the page for approvals. */
  kind: 'refresh_token_reused' | 'approval_requested';
  tenantId: string;
  userId: string;
  client: { id: string; displayName: string };
  /** Milliseconds. */
  at: number;
  /** When it is too late to tell. Milliseconds. */
  expiresAt?: number;
}

/**
 * Tells people, by whatever means there are: asked in the transaction in which it happens, and stands or falls with it.
 * Whether there is such a person is found out later and elsewhere, so that the answer's time tells nothing.
 */
export interface NoticePort {
  notify(tx: Tx, notice: OAuthNotice): Promise<void>;
}

/** Who asks, as people are told. */
export interface AskingClient {
  id: string;
  displayName: string;
  /** It told us its name itself, and nobody vouches for that. */
  isSelfRegistered?: boolean;
}

/** One scope that is asked for. What is not required the person may untick. */
export interface AskedScope {
  scope: string;
  description: string;
  isRequired: boolean;
}

/** What exactly is asked for beyond scopes (RFC 9396), every value of it. */
export interface AskedDetail {
  type: string;
  description: string;
  values: readonly { name: string; value: string }[];
  isRequired: boolean;
}

/**
 * What the consent page shows. The page posts `interaction` and `decision` (`allow` or `deny`) to /oauth/consent, and where
 * it lets people choose, `choice` with a `scope.N` or `detail.N` for each item that is ticked.
 */
export interface ConsentPrompt {
  /** Names this question once; it is also the proof that the answer comes from our page. */
  interaction: string;
  client: AskingClient;
  person: { name: string | undefined; email: string | undefined };
  scopes: readonly AskedScope[];
  details: readonly AskedDetail[];
  api: { name: string; audience: string } | undefined;
  /** Where the answer leads. A page whose CSP has form-action must allow it: browsers apply it to the redirect as well. */
  redirectUri: string;
}
