/** The decision API on a socket, with the fixture that AuthZEN's certification scenario asks for, and a client of a few lines. */
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import {
  compileModel,
  type FactPlace,
  openAuthorizer,
  openQueryScope,
  type PolicySpec,
  type PrincipalDirectory,
  readDsl,
  TupleGraph,
  tenantFacts,
} from '#authz';
import { type Clock, DEFAULT_TENANT_ID } from '#base';
import type { Resource } from '#resources';
import { fixedClock, seededRandom, testLogger } from '#testing';
import { openTestControlServer } from '../control-server.fixture.ts';
import { authZenApi } from './authzen-api.ts';

const POLICIES: Readonly<Record<string, string>> = {
  alice: `permit(principal == User::"alice", action in [Action::"read", Action::"write"], resource is record)
    unless { action == Action::"write" && resource has status && resource.status == "archived" };`,
  bob: `@id("read") permit(principal == User::"bob", action == Action::"read", resource is record);
    @id("archive") permit(principal == User::"bob", action == Action::"write", resource == record::"record-2");`,
  admins: `@obligation("tell the auditor") permit(principal, action == Action::"write", resource is record)
    when { principal has role && principal.role == "admin" };`,
  deletion: `permit(principal == User::"alice", action == Action::"delete", resource is record)
    when { context has action && context.action.soft };`,
  staff: 'permit(principal in Role::"staff", action == Action::"audit", resource);',
  robots: 'permit(principal is Robot, action == Action::"sweep", resource) when { principal.floor == resource.floor };',
  viewers:
    'permit(principal, action == Action::"view", resource is document) when { resource.relations.viewer.contains(principal) };',
  named: 'permit(principal == User::"alice", action == Action::"read", resource == record::"record-1");',
  anything: 'forbid(principal, action, resource) when { principal == User::"mallory" };',
  broken: 'permit(principal, action == Action::"break", resource) when { context.missing };',
};

const PEOPLE = [
  { id: 'usr_gone', roles: ['staff'], active: false },
  { id: 'usr_sam', roles: ['staff'], active: true },
];

export const principals: PrincipalDirectory = {
  async find({ type, ids }) {
    return new Map(PEOPLE.filter(({ id }) => type === 'user' && ids.includes(id)).map((each) => [each.id, each]));
  },
  async list({ type, after = '', limit }) {
    return type === 'user' ? PEOPLE.filter(({ id }) => id > after).slice(0, limit) : [];
  },
};

export interface TestDecisionApi {
  url: string;
  publicKey: CryptoKey;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answered>;
  close(): Promise<void>;
}

export interface Answered {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  text: string;
}

export async function openTestDecisionApi({
  policies = POLICIES,
  directory = principals,
  clock = fixedClock(),
}: {
  policies?: Readonly<Record<string, string>>;
  directory?: PrincipalDirectory;
  clock?: Clock;
} = {}): Promise<TestDecisionApi> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const resources = Object.entries(policies).map(
    ([name, cedar]): Resource<PolicySpec> => ({
      tenantId: DEFAULT_TENANT_ID,
      kind: 'policy',
      id: `pol_${name}`,
      name,
      spec: { cedar },
      version: 1,
      createdAt: 1,
      updatedAt: 1,
      builtIn: false,
    }),
  );
  const places = await relationships();
  const facts = tenantFacts(places);
  const authorizer = openAuthorizer({
    policies: { all: () => resources, tenants: () => [DEFAULT_TENANT_ID], onChange: () => () => undefined },
    facts: { of: () => facts },
    log: testLogger(),
  });
  const plugin = authZenApi({
    authorizer,
    principals: directory,
    facts: { of: () => facts, places: () => places },
    clock,
    random: seededRandom('authzen'),
    issuer: 'http://localhost:7700',
    tenantId: DEFAULT_TENANT_ID,
    signingKeys: {
      sign: (_tenant, claims, { typ }) =>
        new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', typ }).sign(privateKey),
    },
  });
  const here = await openTestControlServer({ plugins: [plugin] });
  const url = await here.server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    publicKey,
    async post(path, body, headers = {}) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer administrator', 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
      return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
    },
    close: () => here.close(),
  };
}

/** Documents whose viewers are known as relationships. */
async function relationships(): Promise<ReadonlyMap<string, FactPlace>> {
  const model = await readDsl(`model
  schema 1.1
type user
type document
  relations
    define viewer: [user, user:*]`);
  const rules = await compileModel(model);
  const graph = new TupleGraph();
  for (const [id, user] of [
    ['plan', 'anne'],
    ['plan', 'usr_sam'],
    ['news', 'anne'],
  ] as const) {
    graph.put({ type: 'document', id, relation: 'viewer', subject: { type: 'user', id: user } });
  }
  const scope = openQueryScope(graph, rules);
  return new Map([
    ['document', { source: 'docs', type: 'document', scope: () => scope }],
    ['User', { source: 'docs', type: 'user', scope: () => scope }],
  ]);
}
