import {
  type ApiKeySnapshot,
  type ForeignFormats,
  type KeyUseNotes,
  keyPolicyKind,
  openApiKeySnapshot,
  openForeignFormats,
  openKeyUseNotes,
  planKind,
} from '#apikeys';
import { actorsOf, TOKEN_EXCHANGED } from '#audit';
import {
  type Authorizer,
  type DecisionLog,
  type DecisionLogSpec,
  decisionLogKind,
  type ExternalEngines,
  externalEngineKind,
  type Facts,
  factSourceKind,
  openAuthorizer,
  openDecisionLog,
  openExternalEngines,
  openFacts,
  openRelationGraphs,
  policyKind,
  type RelationGraphs,
} from '#authz';
import { createSafeFetch, DEFAULT_TENANT_ID, GatehouseError, type Principal } from '#base';
import {
  findAccountStates,
  findUserByEmail,
  mayChangeAnything,
  organizationKind,
  type RoleSpec,
  roleKind,
  standingClaims,
  standingsOf,
  type User,
} from '#directory';
import { apiDocumentKind, browserSessionKind, routeKind, upstreamKind } from '#gateway';
import { mailTemplateKind } from '#mail';
import { apiKind, type Issuers, type OAuthServer, openOAuth, singleIssuer } from '#oauth';
import { openResourceSnapshots, type ResourceSnapshot, type ResourceSnapshots, SINGLETON_NAME } from '#resources';
import {
  ACRS,
  activeOrganizationsOf,
  type Branding,
  brandingKind,
  cookiesFor,
  createSessionPort,
  endedSessions,
  endedSessionsIn,
  endSession,
  openBranding,
  registrationPolicyKind,
  type SessionPort,
  type SignInPolicies,
  signInPolicies,
  signInPolicyKind,
  toCurrent,
} from '#signin';
import type { Tx } from '#store';
import type { Foundation } from './foundation.ts';
import { openKeyOwners } from './key-owners.ts';
import { oauthNotices } from './oauth-notices.ts';
import { outboundFetches } from './outbound-fetches.ts';

/** What both planes need: who is calling, and may they. */
export interface Rooms {
  issuers: Issuers;
  apiKeys: ApiKeySnapshot;
  keyUses: KeyUseNotes;
  foreign: ForeignFormats;
  authorizer: Authorizer;
  externalEngines: ExternalEngines;
  relations: RelationGraphs;
  facts: Facts;
  decisionLog: DecisionLog;
  decisionLogOf: (tenantId: string) => DecisionLogSpec | undefined;
  oauth: OAuthServer;
  /** Roles, policies, APIs, plans and routes. */
  resources: ResourceSnapshots;
  roles: ResourceSnapshot<RoleSpec>;
  sessions: SessionPort;
  branding: Branding;
  signInPolicies: SignInPolicies<User>;
  close(): Promise<void>;
}

export async function openRooms(foundation: Foundation): Promise<Rooms> {
  const { store, keyring, clock, log, configuration, accessRecorder } = foundation;
  const issuers = singleIssuer(configuration.issuer, DEFAULT_TENANT_ID, configuration.certificateAddress);
  const cookies = cookiesFor(configuration.issuer);
  // Together, so that what one apply changes is in force at once: a route never without the policy that came with it.
  const resources = await openResourceSnapshots({ store }, [
    keyPolicyKind,
    roleKind,
    organizationKind,
    signInPolicyKind,
    externalEngineKind,
    factSourceKind,
    decisionLogKind,
    policyKind,
    apiKind,
    planKind,
    mailTemplateKind,
    registrationPolicyKind,
    upstreamKind,
    apiDocumentKind,
    browserSessionKind,
    routeKind,
    brandingKind,
  ]);
  const roles = resources.of(roleKind);
  const owners = openKeyOwners(store, resources, roles);
  const foreign = await openForeignFormats({ store, keyring });
  const apiKeys = await openApiKeySnapshot({ store, keyring, clock, owners, foreign });
  const keyUses = openKeyUseNotes({ store, log });
  const organizations = resources.of(organizationKind);
  const policies = signInPolicies<User>({
    policies: resources.of(signInPolicyKind),
    isAdministrator: (user) => mayChangeAnything(roles, user),
    organizationsOf: ({ tenantId, organizationIds }) =>
      organizations
        .all(tenantId)
        .filter(({ id }) => organizationIds.includes(id))
        .map(({ name }) => name),
  });
  const sessions = createSessionPort({ ...foundation, policies, cookies }, { tenantId: DEFAULT_TENANT_ID });
  const relations = openRelationGraphs({ store, tuplesMax: configuration.relations.tuplesInMemoryMax });
  const facts = openFacts({ sources: resources.of(factSourceKind), relations, log });
  // Policies that ask for relationships deny until they are in memory.
  await facts.ready();
  const decisionLogs = resources.of(decisionLogKind);
  const decisionLogOf = (tenantId: string) => decisionLogs.get(tenantId, SINGLETON_NAME)?.spec;
  const decisionLog = openDecisionLog({ ...foundation, settings: decisionLogOf });
  const authorizer = openAuthorizer({ policies: resources.of(policyKind), facts, decisionLog, log });
  const externalEngines = openExternalEngines({
    engines: resources.of(externalEngineKind),
    createFetch: createSafeFetch,
    clock,
    log,
  });
  const registrations = resources.of(registrationPolicyKind);
  const oauth = await openOAuth({
    ...foundation,
    issuers,
    apiKeys: { ...apiKeys, noteUse: keyUses.note },
    authorizer,
    notices: oauthNotices(foundation.mailer),
    fetches: outboundFetches(configuration.outbound),
    signin: {
      acrValues: ACRS,
      isRegistrationOpen: (tenantId) => registrations.get(tenantId, SINGLETON_NAME)?.spec.mode === 'open',
      currentSession: ({ cookie }) => sessions.currentSession(cookie),
      actingSession: async ({ cookie }) => {
        const acting = await sessions.acting(cookie);
        return acting && toCurrent(acting);
      },
      endedSessions: (tenantId, ids) => endedSessions(foundation, { tenantId, ids }),
      endedSessionsIn: (tx, tenantId, ids) => endedSessionsIn(tx, clock, { tenantId, ids }),
      endSession: (session) => signOut(foundation, session),
    },
    users: {
      userClaims: (tenantId, userId, sessionId, organizationId) =>
        readClaims(foundation, tenantId, { userId, sessionId, organizationId }),
      claimsOfMany: readClaimsIn,
      userByEmail: (tenantId, email) => readUserByEmail(foundation, tenantId, email),
      standing: (tenantId, ids) => readStanding(foundation, tenantId, ids),
    },
    organizations: {
      domainsOf: (tenantId, organization) => organizations.get(tenantId, organization)?.spec.domains ?? [],
    },
    issued: {
      tokenIssued: ({ client, jti, scopes, at, exchangedFor, apiKey, act }) =>
        accessRecorder.record({
          ...(act === undefined ? {} : { actors: actorsOf(act) }),
          decisionId: jti,
          tenantId: client.tenantId,
          at,
          principalType: 'client',
          principalId: client.id,
          // Under the key, so that whoever asks what it did finds the tokens that were made from it.
          credentialType: apiKey === undefined ? 'client_secret' : 'api_key',
          credentialId: apiKey === undefined ? client.id : apiKey.id,
          ...(apiKey?.organizationId === undefined ? {} : { organizationId: apiKey.organizationId }),
          clientId: client.id,
          method: 'POST',
          path: '/oauth/token',
          status: 200,
          allowed: true,
          reason: `${exchangedFor === undefined ? 'token_issued' : `${TOKEN_EXCHANGED} for ${exchangedFor}`}: ${scopes.join(' ')}`,
          policies: [],
          bytesIn: 0,
          bytesOut: 0,
          durationMicros: 0,
          remoteAddress: apiKey?.address ?? '',
        }),
    },
  });
  return {
    issuers,
    apiKeys,
    keyUses,
    foreign,
    authorizer,
    externalEngines,
    relations,
    facts,
    decisionLog,
    decisionLogOf,
    oauth,
    resources,
    roles,
    sessions,
    branding: openBranding(resources.of(brandingKind)),
    signInPolicies: policies,
    async close() {
      await decisionLog.close();
      await oauth.close();
      authorizer.close();
      externalEngines.close();
      facts.close();
      relations.close();
      resources.close();
      await keyUses.close();
      apiKeys.close();
      foreign.close();
    },
  };
}

type AskedPerson = { userId: string; sessionId?: string | undefined; organizationId?: string | undefined };

async function readClaims({ store }: Foundation, tenantId: string, person: AskedPerson) {
  const options = { readOnly: true, byIndex: true };
  return (await store.transaction({ tenantId }, (tx) => readClaimsIn(tx, tenantId, [person]), options))[0];
}

async function readClaimsIn(tx: Tx, tenantId: string, people: readonly AskedPerson[]) {
  const sessionIds = people.flatMap(({ sessionId }) => sessionId ?? []);
  const chosen = await activeOrganizationsOf(tx, { tenantId, sessionIds });
  const asked = people.map(({ userId, sessionId, organizationId: within }) => ({
    userId,
    wanted: within ?? chosen.get(sessionId ?? ''),
    confined: within !== undefined,
  }));
  const standings = await standingsOf(tx, { tenantId, people: asked });
  return standings.map((standing) => {
    if (standing === undefined || standing.user.status !== 'active') return undefined;
    const { name, locale, email, emailVerified, attributes, sessionsNotBefore } = standing.user;
    return {
      name,
      locale,
      email,
      emailVerified,
      attributes,
      ...standingClaims(standing),
      grantsNotBefore: sessionsNotBefore,
    };
  });
}

async function signOut(
  foundation: Foundation,
  session: { tenantId: string; userId: string; id: string; actor: Principal },
) {
  const { tenantId } = session;
  await foundation.store
    .transaction({ tenantId }, (tx) => endSession(tx, foundation, { ...session, reason: 'signed_out' }))
    .catch((error: unknown) => {
      // Over already: what was wanted.
      if (!(error instanceof GatehouseError && error.code === 'session_not_found')) throw error;
    });
}

async function readUserByEmail({ store }: Foundation, tenantId: string, email: string) {
  const find = { tenantId, email };
  return (await store.transaction({ tenantId }, (tx) => findUserByEmail(tx, find), { readOnly: true }))?.id;
}

async function readStanding({ store }: Foundation, tenantId: string, ids: readonly string[]) {
  const users = await store.transaction({ tenantId }, (tx) => findAccountStates(tx, { tenantId, ids }), {
    readOnly: true,
  });
  const active = [...users].filter(([, { status }]) => status === 'active');
  return new Map(active.map(([id, { sessionsNotBefore }]) => [id, sessionsNotBefore]));
}
