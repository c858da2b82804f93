import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import {
  endApiKeysOf,
  type IssueApiKeyDeps,
  keyPolicyKind,
  openGitHubReports,
  pickUpKey,
  type ReportLeakedKeyDeps,
  viewPickUp,
} from '#apikeys';
import { createSafeFetch, DEFAULT_TENANT_ID } from '#base';
import type { Configuration } from '#configuration';
import { authorizeGrant, type DeleteUserDeps, demandOwner, findUser, holdRoles, permissionsOf } from '#directory';
import { apiDocumentKind } from '#gateway';
import {
  type AdminVerification,
  authZenApi,
  buildControlServer,
  buildProbeServer,
  type Confinement,
  clientSecretRoutes,
  collectCertificates,
  collectGatewayMetrics,
  collectLimitMetrics,
  collectRefusedConnections,
  collectUpstreamMetrics,
  createConfinement,
  directTokenEndpoints,
  githubLeakRoute,
  initialAccessTokenRoutes,
  keyPickUpPages,
  type ListenerCertificates,
  mailPages,
  oauthRoutes,
  openFgaApi,
  openMetrics,
  outboxRoutes,
  type ProbeServerDeps,
  pageOfNothing,
  pageViews,
  placeReader,
  refusalRoutes,
  requestEncryptionRoutes,
  signinPages,
  tokenPreviewRoutes,
  userApplicationRoutes,
  webhookRoutes,
  workloadTokenRoutes,
} from '#http';
import { dummyVerify, openPasswords } from '#keyring';
import { createMailer } from '#mail';
import { apiKind, erasePersonOfOAuth } from '#oauth';
import { SINGLETON_NAME } from '#resources';
import {
  askChallenger,
  breachedPasswords,
  cookiesFor,
  createSignInThrottle,
  databaseCounters,
  delayOnly,
  erasePersonOfSignin,
  recordSuspicion,
} from '#signin';
import { type ControlPlane, type ControlSecurity, listenForControl, openControlTls } from './control-listener.ts';
import type { DataPlane } from './data-plane.ts';
import type { Foundation } from './foundation.ts';
import { holdKeyPlaces } from './hold-key-places.ts';
import { invitationPost } from './invitation-post.ts';
import { EVENTS, KINDS } from './kinds.ts';
import { openMailService } from './open-mail.ts';
import { openWebhooks } from './open-webhooks.ts';
import { signInFetch } from './outbound-fetches.ts';
import { withPresentRights } from './present-rights.ts';
import { principalDirectory } from './principal-directory.ts';
import { MASTER_KEY_ATTACHMENT } from './restore-into.ts';
import type { Rooms } from './rooms.ts';

/** Issuer, sign-in pages, Admin API and console, on one listener. `data` is absent where another process enforces. */
export async function openControlPlane(
  outside: Foundation,
  rooms: Rooms,
  data: DataPlane | undefined,
): Promise<ControlPlane> {
  const confinement = createConfinement();
  // From here on whoever calls from inside an organization stays inside it, whichever room opens the transaction.
  const foundation = { ...outside, store: confinement.store(outside.store) };
  const { configuration, clock } = foundation;
  const { issuer } = configuration;
  const viewOf = pageViews({
    cookies: cookiesFor(issuer),
    issuerOrigin: new URL(issuer).origin,
    brandOf: () => rooms.branding.of(DEFAULT_TENANT_ID),
  });
  const security = openControlTls(foundation);
  const mail = openMailService(outside, rooms);
  const webhooks = openWebhooks(outside);
  const canDeliver = mail.outbox !== undefined || configuration.mail !== undefined;
  const mayGrant: IssueApiKeyDeps['authorizeGrant'] = async (tx, actor, grant) => {
    authorizeGrant(rooms.roles, actor, grant);
    await demandOwner(tx, grant);
    await holdRoles(tx, grant);
    await holdKeyPlaces(tx, grant);
  };
  const holds: IssueApiKeyDeps['holds'] = (actor, permission) =>
    actor.type === 'system' || permissionsOf(rooms.roles, actor).includes(permission);
  const leaks: ReportLeakedKeyDeps = {
    ...foundation,
    mailer: createMailer(foundation),
    foreign: rooms.foreign,
    mailAddressOf: async (tx, { tenantId, userId }) => (await findUser(tx, { tenantId, id: userId }))?.email,
  };
  const oauth = {
    ...foundation,
    oauth: rooms.oauth,
    refusals: rooms.oauth.refusals,
    issuer,
    trustedProxies: configuration.trustedProxies,
    clientCertificatesFrom: configuration.clientCertificatesFrom,
    revocations: security.revocations,
    tenantId: DEFAULT_TENANT_ID,
    viewOf,
  };
  const erasePerson: DeleteUserDeps['erasePerson'] = async (tx, person) => {
    await erasePersonOfSignin(tx, person);
    await erasePersonOfOAuth(tx, person);
    await endApiKeysOf(tx, foundation, { ...person, ownerId: person.userId, reason: 'the person was deleted' });
  };
  const askOthers = signInFetch(configuration.outbound);
  const pages = {
    ...foundation,
    issuer,
    tenantId: DEFAULT_TENANT_ID,
    branding: rooms.branding,
    passwords: { ...openPasswords(foundation.keyring), dummyVerify },
    policies: rooms.signInPolicies,
    breached: breachedPasswords({
      ...foundation,
      fetch: askOthers,
      rangeUrlOf: (tenantId) => rooms.signInPolicies.tenant(tenantId).breachedPasswords?.rangeUrl,
    }),
    wait: (milliseconds: number) => wait(milliseconds),
    placeOf: placeReader(configuration.geo, configuration.trustedProxies),
    throttle: createSignInThrottle({
      clock,
      counters: databaseCounters(foundation),
      challenge: askChallenger({
        ...foundation,
        fetch: askOthers,
        urlOf: (tenantId) => rooms.signInPolicies.tenant(tenantId).attackChallenge?.url,
        otherwise: delayOnly({ wait: (milliseconds) => wait(milliseconds) }),
      }),
      suspect: (found, tx) => recordSuspicion(foundation, found, tx),
    }),
    authorizeGrant: mayGrant,
    holds,
    roles: rooms.roles,
    erasePerson,
    applications: rooms.oauth,
    registrationPolicy: mail.registrationPolicy,
  };
  const { authorizer, facts } = rooms;
  const decisions = { authorizer, facts, principals: principalDirectory(foundation) };
  const server = await buildControlServer({
    ...probeDeps(foundation, rooms, data, confinement, security),
    ...foundation,
    ...decisions,
    kinds: KINDS,
    gatewayUrl: gatewayUrlOf(configuration, data),
    roles: rooms.roles,
    erasePerson,
    recovery: { ...foundation, issuer, roles: rooms.roles, policies: rooms.signInPolicies, sendsMail: canDeliver },
    invitationPost: canDeliver ? invitationPost(createMailer(foundation)) : undefined,
    endKeysOf: (tx, owner) => endApiKeysOf(tx, foundation, { ...owner, reason: 'the service account was deleted' }),
    backupAttachments: () => masterKeyFile(configuration),
    authorizeGrant: mayGrant,
    holds,
    foreign: rooms.foreign,
    leaks,
    upstreamSecrets: foundation,
    apiDocuments: rooms.resources.of(apiDocumentKind),
    declaredApis: rooms.resources.of(apiKind),
    // What another process counted is there within half a minute.
    flushTraffic: async () => data?.traffic.flush(),
    upstreamHealth: (tenantId, name) =>
      data?.gateway.upstreams().find((upstream) => upstream.tenantId === tenantId && upstream.name === name),
    direct: directTokenEndpoints(oauth),
    pageOfNothing: pageOfNothing(viewOf),
    plugins: [
      oauthRoutes(oauth),
      clientSecretRoutes(foundation),
      webhookRoutes({ ...foundation, catalogue: EVENTS }),
      workloadTokenRoutes(rooms),
      tokenPreviewRoutes(rooms),
      refusalRoutes(foundation),
      authZenApi({ ...foundation, ...decisions, issuer, tenantId: DEFAULT_TENANT_ID }),
      githubLeakRoute({
        leaks,
        reports: openGitHubReports({ fetch: createSafeFetch(), clock }),
        keyPolicy: () => rooms.resources.of(keyPolicyKind).get(DEFAULT_TENANT_ID, SINGLETON_NAME)?.spec ?? {},
      }),
      initialAccessTokenRoutes(foundation),
      requestEncryptionRoutes(rooms),
      userApplicationRoutes({ ...foundation, oauth: rooms.oauth }),
      openFgaApi({ ...foundation, relations: rooms.relations }),
      outboxRoutes({ issuer, tenantId: DEFAULT_TENANT_ID, outbox: mail.outbox }),
      signinPages(pages),
      mailPages(pages),
      keyPickUpPages({
        ...pages,
        pickUps: {
          view: (link) => viewPickUp(foundation, link),
          pickUp: (link) => pickUpKey({ ...foundation, authorizeGrant: mayGrant, holds }, link),
        },
      }),
    ],
  });
  const plane = await listenForControl(server, configuration, security);
  return {
    ...plane,
    async close() {
      await plane.close();
      await webhooks.close();
      await mail.close();
    },
  };
}

/** Where a process that only enforces says how it is: the control listener's address, with health and metrics alone. */
export async function openProbes(foundation: Foundation, rooms: Rooms, data: DataPlane): Promise<ControlPlane> {
  const security = openControlTls(foundation);
  const server = buildProbeServer(probeDeps(foundation, rooms, data, createConfinement(), security));
  return listenForControl(server, foundation.configuration, security);
}

function probeDeps(
  foundation: Foundation,
  rooms: Rooms,
  data: DataPlane | undefined,
  confinement: Confinement,
  { secured, certificates: own }: ControlSecurity,
): ProbeServerDeps {
  const { configuration, store, clock } = foundation;
  const { issuer, trustedProxies } = configuration;
  const metrics = openMetrics();
  if (data !== undefined) {
    collectGatewayMetrics(metrics, data.gateway.metrics);
    collectUpstreamMetrics(metrics, data.gateway.upstreams);
    if (data.gateway.limits() !== undefined) collectLimitMetrics(metrics, data.gateway.limits);
    collectRefusedConnections(metrics, data.transport.refusedConnections);
  }
  const certificates = [...own, ...(data?.certificates ?? [])];
  collectCertificates(metrics, certificates);
  return {
    ...foundation,
    confinement,
    issuer,
    secured,
    trustedProxies,
    metrics,
    probes: [
      { name: 'database', check: () => store.ping() },
      { name: 'changes', check: () => demandHearing(store.changes) },
      ...(certificates.length === 0 ? [] : [{ name: 'certificates', check: demandCurrent(certificates, clock) }]),
      ...(data?.gateway.limits() === undefined
        ? []
        : [{ name: 'limits', check: () => demandSharing(data.gateway), optional: true }]),
    ],
    permissionsOf: (principal) => permissionsOf(rooms.roles, principal),
    authenticateAdmin: (credential, { remoteAddress }) =>
      authenticateAdmin(
        { ...rooms, store },
        credential,
        { audience: `${issuer}/api/v1`, address: remoteAddress },
        clock.now(),
      ),
  };
}

/** The feed looks every five seconds: after three times without an answer it is deaf. */
const SILENT_MILLISECONDS_MAX = 15_000;

async function demandHearing(changes: Foundation['store']['changes']): Promise<void> {
  const silent = changes.silentMilliseconds();
  if (silent > SILENT_MILLISECONDS_MAX) throw new TypeError(`no change was heard of for ${Math.round(silent)} ms`);
}

/** With a certificate that has expired, callers turn away by themselves. One that can't be replaced yet still serves. */
function demandCurrent(certificates: readonly ListenerCertificates[], clock: Foundation['clock']): () => Promise<void> {
  return async () => {
    const over = certificates
      .flatMap(({ set }) => set.status())
      .find(({ notAfter, served }) => served !== false && notAfter <= clock.now());
    if (over !== undefined) throw new TypeError(`the certificate ${over.file} has expired`);
  };
}

/** Alone, each process goes on by itself: of use, and somebody should look. */
async function demandSharing(gateway: DataPlane['gateway']): Promise<void> {
  if (gateway.limits()?.shared !== true) throw new TypeError('Redis does not answer: limits are not shared');
}

/**
 * An API key that carries roles, or an access token whose audience is the Admin API. Nothing else administers. Of people,
 * what they may do now counts, and not what the token says they might (ADR 69).
 */
async function authenticateAdmin(
  { apiKeys, keyUses, oauth, store }: Pick<Rooms, 'apiKeys' | 'keyUses' | 'oauth'> & Pick<Foundation, 'store'>,
  credential: string,
  { audience, address }: { audience: string; address: string },
  now: number,
): Promise<AdminVerification> {
  const verified = credential.startsWith('gh_')
    ? apiKeys.verifyApiKey(credential, now, { address })
    : oauth.verifier.verifyAccessToken(credential, { audience }, now);
  if (!verified.ok) return verified;
  keyUses.note(verified.principal, { at: now, address });
  const principal = await withPresentRights({ store }, verified.principal);
  return principal === undefined ? STANDS_ELSEWHERE : { ok: true, principal };
}

const STANDS_ELSEWHERE: AdminVerification = {
  ok: false,
  reason: 'revoked',
  description: 'The person of this token does not stand where it says any more. Get a new one.',
};

/** Another instance needs the master key to read what is sealed. One that comes from elsewhere is kept elsewhere. */
async function masterKeyFile({ masterKey }: Configuration): Promise<Record<string, Buffer>> {
  return masterKey.kind === 'file' ? { [MASTER_KEY_ATTACHMENT]: await readFile(masterKey.path) } : {};
}

/** Where callers reach the gateway: as configured, or beside the issuer at the port on which it listens. */
function gatewayUrlOf({ issuer, listeners }: Configuration, data: DataPlane | undefined): string {
  const { url, port, tls } = listeners.gateway;
  if (url !== undefined) return url;
  const listening = data === undefined ? port : Number(new URL(data.url).port);
  return `${tls === undefined ? 'http' : 'https'}://${new URL(issuer).hostname}:${listening}`;
}
