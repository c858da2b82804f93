import { createAttemptBudget, type IdSource, type Logger, type Principal } from '#base';
import type { Keyring, SigningKeys } from '#keyring';
import { openResourceSnapshot, openResourceSnapshots } from '#resources';
import type { Store } from '#store';
import type { WorkloadVerdict } from './authentication/check-workload-token.ts';
import { dryRunWorkloadToken } from './authentication/dry-run-workload-token.ts';
import { authorize } from './authorization/authorize.ts';
import type { AuthorizationOutcome } from './authorization/context.ts';
import { decideConsent } from './authorization/decide-consent.ts';
import { type ApprovalsOutcome, decideApproval, showApprovals } from './ciba/answer-approval.ts';
import { backchannelEndpoint } from './ciba/authorize-backchannel.ts';
import { pingClients } from './ciba/ping-clients.ts';
import { ClientDirectory } from './clients/client-directory.ts';
import { createFailureThrottle } from './clients/failure-throttle.ts';
import { followClients } from './clients/follow-clients.ts';
import { followClientSecrets } from './clients/load-secrets.ts';
import { ownApplications } from './clients/own-applications.ts';
import { type DeviceOutcome, decideDevice, showDevice } from './device/answer-device.ts';
import { deviceAuthorizationEndpoint } from './device/authorize-device.ts';
import { createGatewayProofs, type GatewayProofs } from './dpop/gateway-proofs.ts';
import { createNonces } from './dpop/nonces.ts';
import { type CodeFlows, createCodeFlows } from './endpoints/code-flows.ts';
import { discoveryEndpoint, jwksEndpoint } from './endpoints/discovery.ts';
import { introspectEndpoint } from './endpoints/introspect.ts';
import { describeAddress, describeApi } from './endpoints/protected-resource.ts';
import { pushedAuthorizationEndpoint } from './endpoints/pushed-authorization.ts';
import { revocationsEndpoint } from './endpoints/revocations.ts';
import { revokeEndpoint } from './endpoints/revoke.ts';
import { tokenEndpoint } from './endpoints/token.ts';
import { userinfoEndpoint } from './endpoints/userinfo.ts';
import { createUpstreamTokens, type UpstreamTokens } from './exchange/upstream-tokens.ts';
import { createForeignCodeFlows, type ForeignCodeFlows } from './foreign/foreign-code-flows.ts';
import { createGatewayTokens, type GatewayTokens } from './foreign/foreign-tokens.ts';
import type { IssueRecorder } from './grants/client-credentials.ts';
import {
  type ConnectedApplication,
  connectedApplications,
  disconnectApplication,
} from './grants/connected-applications.ts';
import { endOrphans } from './grants/end-orphans.ts';
import { followOwners } from './grants/follow-owners.ts';
import { refreshInBatches } from './grants/refresh-batches.ts';
import { type RevokeTokensInput, revokeTokens } from './grants/revoke-tokens.ts';
import { transactTogether } from './grants/transact-together.ts';
import type { Issuers } from './issuers.ts';
import { EncryptionSalts, followEncryptionSalts } from './jwt/encryption-salts.ts';
import { createIssuerKeySets } from './jwt/issuer-key-sets.ts';
import { createRemoteKeySets } from './jwt/remote-key-sets.ts';
import {
  type ReplacedEncryption,
  type ReplaceEncryptionInput,
  replaceRequestEncryption,
} from './jwt/replace-request-encryption.ts';
import { createRequestEncryption } from './jwt/request-encryption.ts';
import {
  apiKind,
  authorizationServerKind,
  clientKind,
  clientRegistrationPolicyKind,
  securityProfileKind,
  signingPolicyKind,
  trustedIssuerKind,
} from './kinds.ts';
import { deliverLogouts } from './logout/deliver-logouts.ts';
import { endSessionEndpoint, type LogoutOutcome } from './logout/end-session.ts';
import type {
  ApiKeysPort,
  AuthorizerPort,
  BrowserRequest,
  NoticePort,
  OrganizationsPort,
  OutboundFetches,
  SigninPort,
  UsersPort,
} from './ports.ts';
import { DEFAULT_PROFILE, PROFILES } from './profiles/profile.ts';
import type { EndpointRequest, EndpointResponse } from './protocol/endpoint.ts';
import { openRefusalLog, type RefusalLog } from './refusals/open-refusal-log.ts';
import {
  deleteRegistration,
  type ManageRequest,
  readRegistration,
  updateRegistration,
} from './registration/manage-registration.ts';
import { createMetadataDocuments } from './registration/metadata-documents.ts';
import { type RegistrationRequest, registerClient } from './registration/register-client.ts';
import { followFeedSources } from './tokens/follow-feed-sources.ts';
import { followRevocations } from './tokens/follow-revocations.ts';
import { followSigning } from './tokens/follow-signing.ts';
import { createOpaqueTokens } from './tokens/opaque-tokens.ts';
import { createPairwiseSubjects } from './tokens/pairwise-subjects.ts';
import { type PreviewTokensInput, previewTokens, type TokenPreview } from './tokens/preview-tokens.ts';
import { RevocationFeed } from './tokens/revocation-feed.ts';
import { RevocationList } from './tokens/revocation-list.ts';
import { createIdentitySigner, type IdentitySigner } from './tokens/sign-identity.ts';
import { type AccessTokenVerifier, createAccessTokenVerifier } from './tokens/verify-access-token.ts';

export interface OAuthDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
  signingKeys: Pick<SigningKeys, 'sign' | 'ensure' | 'publicKeys' | 'verificationKey'>;
  issuers: Issuers;
  signin: SigninPort;
  users: UsersPort;
  organizations: OrganizationsPort;
  fetches: OutboundFetches;
  /** Told of every client credentials token. Left out: nobody is. */
  issued?: IssueRecorder;
  /** Left out: API keys can't be exchanged. */
  apiKeys?: ApiKeysPort;
  /** Left out: nobody may exchange a token for another. */
  authorizer?: AuthorizerPort;
  /** Left out: nobody is told. */
  notices?: NoticePort;
  log: Logger;
}

/** The room at work: what it holds in memory, and its endpoints over it. */
export interface OAuthServer {
  verifier: AccessTokenVerifier;
  /** For the gateway: those, and the tokens of other issuers that an API accepts. */
  gatewayTokens: Pick<GatewayTokens, 'verifyAccessToken'>;
  /** For the gateway: proofs of those tokens that are bound to a key. */
  proofs: GatewayProofs;
  identitySigner: IdentitySigner;
  /** For services behind the gateway that call others in the caller's name. */
  upstreamTokens: UpstreamTokens;
  /** For the sessions that the gateway keeps, here and at other OpenID providers. */
  codeFlows: CodeFlows;
  foreignCodeFlows: ForeignCodeFlows;
  revokeTokens(input: RevokeTokensInput): Promise<void>;
  /** What a person lets applications do, for their own eyes, and the end of it. */
  connectedApplications(whose: { tenantId: string; userId: string }): Promise<ConnectedApplication[]>;
  disconnectApplication(input: { tenantId: string; userId: string; id: string; actor: Principal }): Promise<void>;
  /** Ends what outlived its session or its person unnoticed. For housekeeping, and first of all at the start. */
  endOrphans(signal?: AbortSignal): Promise<void>;
  token(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
  /** Would this token pass for the client? Which condition fails? Changes nothing. */
  dryRunWorkloadToken(input: { tenantId: string; clientId: string; token: string }): Promise<{
    matches: boolean;
    rules: WorkloadVerdict[];
  }>;
  /** What a person's tokens would say. Issues nothing. */
  previewTokens(input: PreviewTokensInput): Promise<TokenPreview>;
  /** Pushed authorization requests (RFC 9126). */
  par(request: EndpointRequest): Promise<EndpointResponse>;
  revoke(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
  introspect(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
  /** What was revoked, for who verifies tokens elsewhere. An answer may be long in coming. */
  revocations(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
  /** Answers everybody who waits for a revocation, and lets nobody wait from then on. */
  endRevocationWaits(): void;
  userinfo(request: EndpointRequest): Promise<EndpointResponse>;
  deviceAuthorization(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
  register(request: RegistrationRequest): Promise<EndpointResponse>;
  readRegistration(request: ManageRequest): Promise<EndpointResponse>;
  updateRegistration(request: ManageRequest): Promise<EndpointResponse>;
  deleteRegistration(request: ManageRequest): Promise<EndpointResponse>;
  endSession(request: BrowserRequest): Promise<LogoutOutcome>;
  /** Tells applications who is signed out. For one process at a time, again and again. */
  deliverLogouts(signal?: AbortSignal): Promise<void>;
  /** Tells clients whose person has answered (CIBA). For one process at a time, again and again. */
  pingClients(signal?: AbortSignal): Promise<void>;
  backchannelAuthentication(request: EndpointRequest): EndpointResponse | Promise<EndpointResponse>;
  showApprovals(request: BrowserRequest): Promise<ApprovalsOutcome>;
  decideApproval(request: BrowserRequest): Promise<ApprovalsOutcome>;
  showDevice(request: BrowserRequest): Promise<DeviceOutcome>;
  decideDevice(request: BrowserRequest): Promise<DeviceOutcome>;
  authorize(request: BrowserRequest): Promise<AuthorizationOutcome>;
  decideConsent(request: BrowserRequest): Promise<AuthorizationOutcome>;
  discovery(tenantId: string): EndpointResponse;
  /** Protected resource metadata (RFC 9728): of the API of this name, or of the one at this address. */
  describeApi(tenantId: string, name: string): object | undefined;
  describeAddress(tenantId: string, address: { host: string; path: string }): object | undefined;
  jwks(tenantId: string): EndpointResponse;
  /** Another key to encrypt requests to, at once and everywhere. */
  replaceRequestEncryption(what: ReplaceEncryptionInput): Promise<ReplacedEncryption>;
  /** Where refused requests go, to be explained. */
  refusals: RefusalLog;
  close(): Promise<void>;
}

const denyAll: AuthorizerPort['decide'] = () => ({
  allowed: false,
  reason: 'no_policy_permits',
  summary: 'No policies are in force.',
  policies: [],
  errors: [],
  policyVersion: 0,
});

/** RFC 8628 §5.1: a person mistypes a few times; whoever tries more is guessing. */
const CODE_GUESSES = { atOnce: 10, perSecond: 1 / 60, keysMax: 20_000 };

/** A code that people can say is short: somebody who mishears it tries again, and nobody tries them all. */
const APPROVAL_CODE_GUESSES = { atOnce: 5, perSecond: 1 / 600, keysMax: 20_000 };

/** No two runs of a process share a name: 72 random bits. */
const FEED_NAME_BYTES = 9;

/** Of documents that strangers make us fetch from addresses of their choice. */
const DOCUMENT_FETCHES = { atOnce: 20, perSecond: 0.2, keysMax: 20_000 };

/** Loads clients, APIs, secrets and revocations, and follows their changes. */
export async function openOAuth(input: OAuthDeps): Promise<OAuthServer> {
  const { store, clock, log } = input;
  const clients = new ClientDirectory(ownApplications(input.issuers));
  const feed = new RevocationFeed(input.random.bytes(FEED_NAME_BYTES).toString('base64url'));
  const revocations = new RevocationList((revocation) => feed.publish(revocation));
  // Revocations first: whoever verifies a token meanwhile must not miss one.
  const stopRevocations = await followRevocations({ store, clock, log }, revocations);
  const salts = new EncryptionSalts();
  const stopSalts = await followEncryptionSalts({ store }, salts);
  const stopSecrets = await followClientSecrets({ store, clients });
  const clientSnapshot = await openResourceSnapshot({ store }, clientKind);
  const apiSnapshot = await openResourceSnapshot({ store }, apiKind);
  const partners = await openResourceSnapshots({ store }, [
    trustedIssuerKind,
    authorizationServerKind,
    clientRegistrationPolicyKind,
  ]);
  const profileSnapshot = await openResourceSnapshot({ store }, securityProfileKind);
  const signingSnapshot = await openResourceSnapshot({ store }, signingPolicyKind);
  const stopFeedSources = followFeedSources({ store, clock, clients }, feed, clientSnapshot);
  const stopClients = followClients(clients, {
    clients: clientSnapshot,
    apis: apiSnapshot,
    profiles: profileSnapshot,
  });
  const signing = { policies: signingSnapshot, apis: apiSnapshot };
  const stopSigning = followSigning({ clients, signingKeys: input.signingKeys, log }, signing);

  const opaqueTokens = createOpaqueTokens(input);
  const registrationPolicies = partners.of(clientRegistrationPolicyKind);
  const subjects = createPairwiseSubjects(input);
  const verifier = createAccessTokenVerifier({ ...input, clients, revocations, opaqueTokens, subjects });
  const failures = createFailureThrottle(input);
  const refusals = openRefusalLog(input);
  const ofClients = { ...input, fetch: input.fetches.clients };
  const ofIssuers = { ...input, fetch: input.fetches.issuers };
  const remoteKeys = createRemoteKeySets(ofClients);
  const refreshTogether = refreshInBatches({ ...input, clients, revocations, opaqueTokens, subjects, remoteKeys });
  const deps = {
    ...ofClients,
    refusals,
    clients,
    revocations,
    feed,
    verifier,
    opaqueTokens,
    subjects,
    refreshTogether,
    transactTogether: transactTogether(input),
    failures,
    nonces: createNonces(input),
    requestEncryption: createRequestEncryption({ ...input, salts }),
    remoteKeys,
    issuerKeys: createRemoteKeySets(ofIssuers),
    keySetOf: createIssuerKeySets(ofIssuers),
    codeGuesses: createAttemptBudget(input, CODE_GUESSES),
    approvalCodeGuesses: createAttemptBudget(input, APPROVAL_CODE_GUESSES),
    issued: input.issued ?? { tokenIssued: () => undefined },
    trustedIssuers: partners.of(trustedIssuerKind),
    authorizationServers: partners.of(authorizationServerKind),
    registrationPolicies,
    metadataDocuments: createMetadataDocuments({
      ...ofClients,
      clients,
      registrationPolicies,
      documentFetches: createAttemptBudget(input, DOCUMENT_FETCHES),
    }),
    authorizer: input.authorizer ?? { decide: denyAll },
    notices: input.notices ?? { notify: async () => undefined },
  };
  const backChannel = { ...deps, fetch: input.fetches.backChannel };
  const stopOwners = followOwners(deps);
  const algs = PROFILES[DEFAULT_PROFILE].signatureAlgs;
  const gatewayTokens = createGatewayTokens({
    ...deps,
    remoteKeys: deps.issuerKeys,
    own: verifier,
    apis: apiSnapshot,
    algs,
  });
  return {
    verifier,
    gatewayTokens,
    proofs: createGatewayProofs(algs),
    identitySigner: createIdentitySigner(input),
    upstreamTokens: createUpstreamTokens(deps),
    codeFlows: createCodeFlows(deps),
    foreignCodeFlows: createForeignCodeFlows({ ...deps, fetch: input.fetches.issuers, algs }),
    revokeTokens: (what) => revokeTokens(deps, what),
    connectedApplications: (whose) => connectedApplications(deps, whose),
    disconnectApplication: (input) => disconnectApplication(deps, input),
    endOrphans: (signal) => endOrphans(deps, signal),
    token: (request) => tokenEndpoint(deps, request),
    dryRunWorkloadToken: (input) => dryRunWorkloadToken(deps, input),
    previewTokens: (input) => previewTokens(deps, input),
    par: (request) => pushedAuthorizationEndpoint(deps, request),
    revoke: (request) => revokeEndpoint(deps, request),
    introspect: (request) => introspectEndpoint(deps, request),
    revocations: (request) => revocationsEndpoint(deps, request),
    endRevocationWaits: () => feed.close(),
    userinfo: (request) => userinfoEndpoint(deps, request),
    deviceAuthorization: (request) => deviceAuthorizationEndpoint(deps, request),
    register: (request) => registerClient(deps, request),
    readRegistration: (request) => readRegistration(deps, request),
    updateRegistration: (request) => updateRegistration(deps, request),
    deleteRegistration: (request) => deleteRegistration(deps, request),
    endSession: (request) => endSessionEndpoint(deps, request),
    deliverLogouts: (signal) => deliverLogouts(backChannel, signal),
    pingClients: (signal) => pingClients(backChannel, signal),
    backchannelAuthentication: (request) => backchannelEndpoint(deps, request),
    showApprovals: (request) => showApprovals(deps, request),
    decideApproval: (request) => decideApproval(backChannel, request),
    showDevice: (request) => showDevice(deps, request),
    decideDevice: (request) => decideDevice(deps, request),
    authorize: (request) => authorize(deps, request),
    decideConsent: (request) => decideConsent(deps, request),
    discovery: (tenantId) => discoveryEndpoint(deps, tenantId),
    describeApi: (tenantId, name) => describeApi(deps, tenantId, name),
    describeAddress: (tenantId, address) => describeAddress(deps, tenantId, address),
    jwks: (tenantId) => jwksEndpoint(deps, tenantId),
    replaceRequestEncryption: (what) => replaceRequestEncryption(deps, what),
    refusals,
    async close() {
      feed.close();
      gatewayTokens.close();
      for (const stop of [
        stopFeedSources,
        stopSigning,
        stopOwners,
        stopRevocations,
        stopSalts,
        stopSecrets,
        stopClients,
      ])
        stop();
      clientSnapshot.close();
      apiSnapshot.close();
      profileSnapshot.close();
      signingSnapshot.close();
      partners.close();
      await refusals.close();
    },
  };
}
