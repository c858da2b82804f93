/** A small world for tests: two APIs, a client of each sort, two people, on a database of its own. */
import { createHash } from 'node:crypto';
import { planKind } from '#apikeys';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, systemPrincipal, systemRandom } from '#base';
import { organizationKind } from '#directory';
import { keyringMigrations, openKeyring, openSigningKeys } from '#keyring';
import { applyResources, kindRegistry, readPlainDocuments, resourcesMigrations, systemCaller } from '#resources';
import { recordChange, type Store, type Tx } from '#store';
import { fixedClock, openSecondStore, openTestStore, testLogger } from '#testing';
import { issueClientSecret } from './clients/client-secrets.ts';
import { singleIssuer } from './issuers.ts';
import {
  apiKind,
  authorizationServerKind,
  clientKind,
  clientRegistrationPolicyKind,
  securityProfileKind,
  signingPolicyKind,
  trustedIssuerKind,
} from './kinds.ts';
import { oauthMigrations } from './migrations.ts';
import { RESOURCES } from './oauth-world-declared.fixture.ts';
import { openOthers } from './oauth-world-others.fixture.ts';
import { openOAuth } from './open-oauth.ts';
import type { BrowserSession, UserClaims } from './ports.ts';
import type { EndpointRequest } from './protocol/endpoint.ts';
import { readParams } from './protocol/read-params.ts';

export { BILLING, WEATHER } from './oauth-world-declared.fixture.ts';

export const ISSUER = 'https://id.example.com';
/** Where the same endpoints ask for certificates. */
export const CERTIFICATE_ADDRESS = 'https://mtls.id.example.com';
export const TENANT = DEFAULT_TENANT_ID;
export const ALICE = 'usr_01h455vb4pex5vsknk084sn02q';
export const migrations = [auditMigrations, keyringMigrations, resourcesMigrations, oauthMigrations];
export const kinds = kindRegistry([
  apiKind,
  clientKind,
  trustedIssuerKind,
  authorizationServerKind,
  clientRegistrationPolicyKind,
  securityProfileKind,
  signingPolicyKind,
  organizationKind,
  planKind,
]);
export const actor = systemPrincipal(TENANT, 'test');

export const VERIFIER = 'v'.repeat(43);
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld() {
  const clock = fixedClock();
  // Many transactions at once: the races are the point.
  const store = await openTestStore(migrations, { clock });
  const log = testLogger();
  const random = systemRandom;
  const environment = { KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64') };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  const base = { recordChange, clock, random, log };
  const keyring = await openKeyring({ ...base, store, masterKey });
  const signingKeys = await openSigningKeys({ ...base, store, keyring });
  await signingKeys.ensure(TENANT);
  const apply = (documents: readonly unknown[]) =>
    applyResources(
      { store, clock, random },
      { caller: systemCaller(TENANT, 'test'), documents: readPlainDocuments(kinds, documents) },
    );
  await apply(RESOURCES);

  const people = new Map<string, UserClaims>([
    [ALICE, { name: 'Alice', email: 'alice@example.com', emailVerified: true, roles: ['analyst'] }],
  ]);
  /** Of organizations, by name. */
  const domains = new Map<string, string[]>();
  const signedIn: { session: BrowserSession | undefined; acting?: BrowserSession } = { session: undefined };
  const registration = { open: false };
  const over = new Set<string>();
  const meanwhile: { happens: (() => Promise<void>) | undefined } = { happens: undefined };
  const asked: string[] = [];
  const userClaims = async (_: string, userId: string, _session?: string, organizationId?: string) => {
    asked.push(userId);
    const claims = people.get(userId);
    await meanwhile.happens?.();
    return organizationId === undefined || claims?.organizationId === organizationId ? claims : undefined;
  };
  const users = {
    userClaims,
    claimsOfMany: (
      _: Tx,
      tenantId: string,
      wanted: readonly { userId: string; organizationId?: string | undefined }[],
    ) => Promise.all(wanted.map((one) => userClaims(tenantId, one.userId, undefined, one.organizationId))),
    userByEmail: async (_: string, email: string) => [...people].find(([, person]) => person.email === email)?.[0],
    standing: async (_: string, userIds: readonly string[]) =>
      new Map(
        userIds.flatMap((id) => {
          const claims = people.get(id);
          return claims === undefined ? [] : [[id, claims.grantsNotBefore ?? 0] as const];
        }),
      ),
  };
  const signin = {
    acrValues: ['aal1', 'aal2', 'phr'],
    isRegistrationOpen: () => registration.open,
    currentSession: async () => signedIn.session,
    actingSession: async () => signedIn.acting,
    endSession: async ({ id }: { id: string }) => {
      over.add(id);
      signedIn.session = undefined;
    },
    endedSessions: async (_: string, ids: readonly string[]) => new Set(ids.filter((id) => over.has(id))),
    endedSessionsIn: async (_: Tx, __: string, ids: readonly string[]) => new Set(ids.filter((id) => over.has(id))),
  };
  const { notices, keys, boundKeys, keyUses, issued, policy, web, ports } = openOthers();
  const shared = {
    ...ports,
    keyring,
    signingKeys,
    issuers: singleIssuer(ISSUER, TENANT, CERTIFICATE_ADDRESS),
    clock,
    random,
    log,
    users,
    organizations: { domainsOf: (_: string, name: string) => domains.get(name) ?? [] },
    signin,
  };
  const oauth = await openOAuth({ ...shared, store });
  const secrets = { store, keyring, clock, random };
  const secretOf = async (clientId: string) =>
    (await issueClientSecret(secrets, { tenantId: TENANT, clientId, actor })).secret;

  let callers = 0;
  const request = (text: string, authorization?: string, ip?: string, more: Partial<EndpointRequest> = {}) => {
    // Another network each time: what is refused on purpose must not hold back what comes after.
    callers += 1;
    const anywhere = `10.${(callers >> 16) & 255}.${(callers >> 8) & 255}.${callers & 255}`;
    return { tenantId: TENANT, params: readParams(text), authorization, ip: ip ?? anywhere, ...more };
  };
  const browserRequest = (text: string) => ({
    tenantId: TENANT,
    params: readParams(text),
    cookie: undefined,
    ip: '192.0.2.1',
    userAgent: undefined,
  });
  const signIn = (changes: Partial<BrowserSession> = {}) => {
    const authTime = Math.floor(clock.now() / 1000);
    signedIn.session = { userId: ALICE, sessionId: 'ses_1', authTime, amr: ['pwd'], acr: undefined, ...changes };
    return signedIn.session;
  };

  return {
    store,
    clock,
    keyring,
    signingKeys,
    oauth,
    apply,
    people,
    domains,
    /** What people were told. */
    notices,
    /** API keys by their text, while they are good. */
    keys,
    /** By id: those that may be used at some places only. */
    boundKeys,
    /** Where they were used, as the house is told. */
    keyUses,
    /** Tokens, as the house is told of them. */
    issued,
    /** Stands in for the tenant's policies. */
    policy,
    web,
    /** May anybody make an account? */
    registration,
    /** Sessions that are over. */
    over,
    /** People about whom the directory was asked, in that order. */
    asked,
    /** What happens while the directory is about to answer. */
    meanwhile,
    secrets,
    secretOf,
    signedIn,
    signIn,
    token: async (form: Form, authorization?: string, ip?: string, more?: Partial<EndpointRequest>, at = oauth) =>
      answer(await at.token(request(encode(form), authorization, ip, more))),
    tokenText: async (text: string, authorization?: string) => answer(await oauth.token(request(text, authorization))),
    par: async (form: Form, more?: Partial<EndpointRequest>) =>
      answer(await oauth.par(request(encode(form), undefined, undefined, more))),
    revoke: async (form: Form, ip?: string) => answer(await oauth.revoke(request(encode(form), undefined, ip))),
    device: async (form: Form, authorization?: string) =>
      answer(await oauth.deviceAuthorization(request(encode(form), authorization))),
    showDevice: (form: Form) => oauth.showDevice(browserRequest(encode(form))),
    decideDevice: (form: Form) => oauth.decideDevice(browserRequest(encode(form))),
    introspect: async (form: Form, more?: Partial<EndpointRequest>) =>
      answer(await oauth.introspect(request(encode(form), undefined, undefined, more))),
    introspectRaw: (form: Form, more?: Partial<EndpointRequest>) =>
      oauth.introspect(request(encode(form), undefined, undefined, more)),
    userinfo: async (authorization: string | undefined, more?: Partial<EndpointRequest>) =>
      answer(await oauth.userinfo(request('', authorization, undefined, more))),
    authorize: (form: Form) => oauth.authorize(browserRequest(encode(form))),
    /** With parameters that repeat. */
    authorizeText: (form: Form, more: readonly (readonly [string, string])[]) =>
      oauth.authorize(browserRequest(`${encode(form)}&${new URLSearchParams(more.map(([n, v]) => [n, v]))}`)),
    consent: (form: Form) => oauth.decideConsent(browserRequest(encode(form))),
    /** The room as a second process of the same installation would run it. */
    second: async () => {
      const otherStore: Store = await openSecondStore(store, migrations);
      return { store: otherStore, oauth: await openOAuth({ ...shared, store: otherStore }) };
    },
    /** A code for the first-party SPA. */
    async code(changes: Form = {}) {
      if (signedIn.session === undefined) signIn();
      const outcome = await oauth.authorize(browserRequest(encode({ ...SPA_REQUEST, ...changes })));
      if (outcome.kind !== 'redirect') throw new TypeError(`expected a redirect, got ${JSON.stringify(outcome)}`);
      const found = new URL(outcome.location).searchParams.get('code');
      if (found === null) throw new TypeError(`no code in ${outcome.location}`);
      return found;
    },
    async close() {
      await oauth.close();
      signingKeys.close();
      keyring.close();
      await store.close();
    },
  };
}

export type Form = Readonly<Record<string, string | undefined>>;

export const SPA_REQUEST = {
  response_type: 'code',
  client_id: 'spa',
  redirect_uri: 'https://spa.example.com/callback',
  scope: 'openid profile weather:read',
  state: 'st',
  nonce: 'n-1',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
} as const;

export const SPA_REDEEM = {
  grant_type: 'authorization_code',
  client_id: 'spa',
  redirect_uri: 'https://spa.example.com/callback',
  code_verifier: VERIFIER,
} as const;

export function encode(form: Form): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) if (value !== undefined) params.append(name, value);
  return params.toString();
}

export const basic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Record<string, string | number | boolean | string[] | undefined>;
}

function answer({ status, headers, body }: { status: number; headers: Answer['headers']; body?: unknown }): Answer {
  return { status, headers, body: (body ?? {}) as Answer['body'] };
}

/** The claims of a JWT, unverified. */
export function claimsOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
}

export function headerOf(token: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString());
}
