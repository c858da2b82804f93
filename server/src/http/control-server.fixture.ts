import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { apikeysMigrations, planKind, usesOfKeyOrganizations, usesOfKeyRoles } from '#apikeys';
import { auditMigrations } from '#audit';
import { decisionsMigrations, openAuthorizer, openFacts, openRelationGraphs, relationsMigrations } from '#authz';
import { createLogger, DEFAULT_TENANT_ID, type Principal } from '#base';
import {
  authorizeGrant,
  demandOwner,
  directoryMigrations,
  holdRoles,
  organizationKind,
  permissionsOf,
  roleKind,
  userSchemaKind,
} from '#directory';
import {
  alsoUsed,
  applyResources,
  kindRegistry,
  openResourceSnapshot,
  readYamlDocuments,
  resourcesMigrations,
  systemCaller,
  type WarningCheck,
  warnedBy,
} from '#resources';
import { signInPolicies, signinMigrations } from '#signin';
import type { Store } from '#store';
import { fixedClock, openTestStore, seededRandom } from '#testing';
import { buildControlServer } from './build-control-server.ts';
import { createConfinement } from './confinement.ts';
import type { Probe } from './health-routes.ts';
import { openMetrics } from './metrics.ts';
import { openFgaApi } from './openfga/openfga-api.ts';

/** Credentials by name of the role they carry: `Bearer <role>`. */
const ROLES = ['administrator', 'viewer', 'key-issuer', 'role-writer', 'help-desk', 'none'];
/** `Bearer administrator~acme`: the same inside an organization; also by id, `administrator~org_…`. */
const ORGANIZATION = 'org_acme';

export interface TestControlServer {
  server: FastifyInstance;
  /** Every line that was logged. */
  logged: () => string;
  /** How often a credential was looked at. */
  authenticated: () => number;
  rolesCaughtUp(): Promise<void>;
  close(): Promise<void>;
}

const NO_RESOURCES = { all: () => [], tenants: () => [], onChange: () => () => undefined };

/** Real checks take kinds of rooms that are not here: a plan that is described as a doubtful one is. */
const doubtfulPlans: WarningCheck = {
  reads: [planKind],
  find: (world) =>
    world.all(planKind).flatMap(({ name, spec: { description } }) => {
      if (description !== 'doubtful') return [];
      return [{ code: 'doubt', kind: planKind, name, path: 'description', about: '', message: () => 'is it right?' }];
    }),
};

/** A whole control server on a fresh database; credentials are names of roles instead of secrets. */
export async function openTestControlServer({
  plugins = [],
  probes = [],
  trustedProxies = [],
  issuer = 'http://localhost:7700',
}: {
  plugins?: FastifyPluginAsync[] | ((store: Pick<Store, 'transaction'>) => FastifyPluginAsync[]);
  probes?: Probe[];
  trustedProxies?: string[];
  issuer?: string;
} = {}): Promise<TestControlServer> {
  const lines: string[] = [];
  const log = createLogger({ level: 'debug', destination: { write: (line) => void lines.push(line) } });
  const rawStore = await openTestStore([
    auditMigrations,
    resourcesMigrations,
    relationsMigrations,
    decisionsMigrations,
    apikeysMigrations,
    directoryMigrations,
    signinMigrations,
  ]);
  const confinement = createConfinement();
  const store = confinement.store(rawStore);
  const clock = fixedClock();
  const random = seededRandom();
  const kinds = kindRegistry([
    alsoUsed(organizationKind, usesOfKeyOrganizations),
    alsoUsed(roleKind, usesOfKeyRoles),
    warnedBy(planKind, [doubtfulPlans]),
    userSchemaKind,
  ]);
  const roles = await openResourceSnapshot({ store }, roleKind);
  const relations = openRelationGraphs({ store });
  const setUp = `
kind: role
name: key-issuer
spec: {permissions: ['keys:*', 'weather:read', 'resources:*']}
---
kind: role
name: role-writer
spec: {permissions: ['roles:*', 'plans:read']}
---
kind: role
name: help-desk
spec: {permissions: ['users:*', 'sessions:*', 'memberships:*', 'groups:*', 'invitations:*', 'service_accounts:*']}
---
kind: role
name: member
spec: {permissions: [], inOrganizations: true}
---
kind: role
name: doctor
spec: {permissions: []}
`;
  await applyResources(
    { store, clock, random },
    { caller: systemCaller(DEFAULT_TENANT_ID, 'test'), documents: readYamlDocuments(kinds, setUp) },
  );
  await store.changes.caughtUp();
  const decisions = {
    authorizer: openAuthorizer({ policies: NO_RESOURCES, log }),
    facts: openFacts({ sources: NO_RESOURCES, relations, log }),
    principals: { find: async () => new Map(), list: async () => [] },
  };
  let authenticated = 0;
  const server = await buildControlServer({
    log,
    clock,
    random,
    store,
    kinds,
    roles,
    confinement,
    erasePerson: async () => undefined,
    apiDocuments: { all: () => [] },
    flushTraffic: async () => {},
    upstreamSecrets: { store, clock, random, keyring: { seal: () => 'sealed' } },
    recovery: {
      store,
      clock,
      random,
      roles,
      issuer,
      sendsMail: false,
      policies: signInPolicies({
        policies: { get: () => undefined, all: () => [] },
        isAdministrator: () => false,
        organizationsOf: () => [],
      }),
      mailer: { queue: async () => 'queued', request: async () => undefined },
      keyring: {
        mac: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
        seal: (plaintext) => Buffer.from(plaintext).toString('hex'),
        open: (sealed) => Buffer.from(sealed, 'hex'),
      },
    },
    endKeysOf: async () => undefined,
    ...decisions,
    issuer,
    trustedProxies,
    probes,
    plugins: [
      openFgaApi({ store, clock, random, relations }),
      ...(typeof plugins === 'function' ? plugins(store) : plugins),
    ],
    metrics: openMetrics(),
    keyring: {
      mac: (purpose, data) => createHmac('sha256', purpose).update(data).digest(),
      seal: (plaintext) => Buffer.from(plaintext).toString('hex'),
      open: (sealed) => Buffer.from(sealed, 'hex'),
    },
    auditWitness: { append: async () => undefined, read: async function* () {} },
    signingKeys: {
      list: () => [],
      rotate: async () => ({ id: 'sig_1', alg: 'ES256', state: 'announced', createdAt: 1, activatesAt: 2 }),
    },
    authenticateAdmin: (credential) => {
      authenticated += 1;
      const [role = '', organization] = credential.split('~');
      if (!ROLES.includes(role)) return { ok: false, reason: 'unknown', description: 'no such credential' };
      const inside =
        organization === undefined ? {} : { organizationId: organization === 'acme' ? ORGANIZATION : organization };
      return { ok: true, principal: { ...principal(role), ...inside } };
    },
    permissionsOf: (caller) => permissionsOf(roles, caller),
    leaks: {
      store,
      clock,
      random,
      keyring: { mac: (purpose, data) => createHmac('sha256', purpose).update(data).digest() },
      mailer: { queue: async () => 'queued', request: async () => undefined },
      mailAddressOf: async () => undefined,
    },
    backupAttachments: async () => ({}),
    declaredApis: { all: () => [{ spec: { scopes: { 'weather:reads': 'See the weather' } } }] },
    holds: (actor, permission) => permissionsOf(roles, actor).includes(permission),
    authorizeGrant: async (tx, actor, grant) => {
      authorizeGrant(roles, actor, grant);
      await holdRoles(tx, grant);
      await demandOwner(tx, grant);
    },
  });
  return {
    server,
    logged: () => lines.join(''),
    authenticated: () => authenticated,
    rolesCaughtUp: () => store.changes.caughtUp(),
    close: async () => {
      await server.close();
      roles.close();
      relations.close();
      await store.close();
    },
  };
}

function principal(role: string): Principal {
  return {
    type: 'user',
    id: `usr_${role}`,
    tenantId: DEFAULT_TENANT_ID,
    roles: role === 'none' ? [] : [role],
    scopes: [],
    credential: { type: 'api_key', id: `key_${role}` },
  };
}
