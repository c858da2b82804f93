import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, type DecisionRequest } from '#base';
import {
  applyResources,
  deleteResource,
  kindRegistry,
  openResourceSnapshot,
  type Resource,
  readPlainDocuments,
  resourcesMigrations,
  systemCaller,
} from '#resources';
import { fixedClock, openTestStore, seededRandom, type TestStore, testLogger } from '#testing';
import { openAuthorizer } from './authorizer.ts';
import { type PolicySpec, policyKind } from './policy-kind.ts';

const PERMIT = 'permit(principal in Role::"reader", action, resource);';
const REQUEST: DecisionRequest = {
  principal: {
    type: 'user',
    id: 'usr_1',
    tenantId: DEFAULT_TENANT_ID,
    roles: ['reader'],
    scopes: ['weather:read'],
    credential: { type: 'session', id: 'ses_1' },
  },
  action: 'weather:read',
  resource: { type: 'City', id: 'zurich' },
  context: {},
  policyRequired: true,
};

describe('on the database', () => {
  let store: TestStore;
  beforeAll(async () => {
    store = await openTestStore([auditMigrations, resourcesMigrations]);
  });
  afterAll(() => store.close());

  it('decides by the policies that are stored, and by changed ones as soon as the change is heard', async () => {
    const deps = { store, clock: fixedClock(), random: seededRandom() };
    const caller = systemCaller(DEFAULT_TENANT_ID, 'test');
    const apply = async (name: string, cedar: string) => {
      const documents = readPlainDocuments(kindRegistry([policyKind]), [{ kind: 'policy', name, spec: { cedar } }]);
      await applyResources(deps, { caller, documents });
      await store.changes.caughtUp();
    };
    const policies = await openResourceSnapshot({ store }, policyKind);
    const authorizer = openAuthorizer({ policies, log: testLogger() });
    const seen: number[] = [];
    const decide = () => {
      const { reason, policyVersion, policies: names } = authorizer.decide(REQUEST);
      seen.push(policyVersion);
      return [reason, ...names];
    };
    expect(decide()).toEqual(['no_policy_permits']);
    await apply('readers', PERMIT);
    expect(decide()).toEqual(['allowed', 'readers']);
    await apply('night', 'forbid(principal, action, resource);');
    expect(decide()).toEqual(['forbidden_by_policy', 'night']);
    await deleteResource(deps, { caller, kind: policyKind, name: 'night' });
    await store.changes.caughtUp();
    expect(decide()).toEqual(['allowed', 'readers']);
    await expect(apply('readers', 'permit(')).rejects.toMatchObject({
      fields: [{ path: expect.stringContaining('cedar') }],
    });
    expect(decide()).toEqual(['allowed', 'readers']);
    expect(new Set(seen.slice(0, 4)).size).toBe(4);
    expect(seen).toEqual([...seen].sort((left, right) => left - right));

    authorizer.close();
    await deleteResource(deps, { caller, kind: policyKind, name: 'readers' });
    await store.changes.caughtUp();
    expect(decide()).toEqual(['allowed', 'readers']);
    policies.close();
  });
});

describe('what is stored does not compile', () => {
  const open = (initial: Record<string, Record<string, string>>) => {
    const tenants = structuredClone(initial);
    let heard: (tenantIds: readonly string[]) => void = () => undefined;
    const authorizer = openAuthorizer({
      log: testLogger(),
      policies: {
        tenants: () => Object.keys(tenants),
        all: (tenantId) => {
          const texts = tenants[tenantId];
          if (texts === undefined) throw new Error('not loaded');
          return Object.entries(texts).map(([name, cedar]) => resource(tenantId, name, cedar));
        },
        onChange: (listener) => {
          heard = listener;
          return () => undefined;
        },
      },
    });
    const change = (tenantId: string, texts: Record<string, string>) => {
      tenants[tenantId] = texts;
      heard([tenantId]);
    };
    const decide = (tenantId: string, request: Partial<DecisionRequest> = {}) =>
      authorizer.decide({ ...REQUEST, ...request, principal: { ...REQUEST.principal, tenantId } });
    return { authorizer, change, decide };
  };

  function resource(tenantId: string, name: string, cedar: string): Resource<PolicySpec> {
    const times = { createdAt: 1, updatedAt: 1 };
    return { tenantId, kind: 'policy', id: `pol_${name}`, name, spec: { cedar }, version: 1, builtIn: false, ...times };
  }

  it('denies what would be allowed, says which policy it is, and recovers when it is mended', () => {
    const { change, decide, authorizer } = open({ a: { readers: PERMIT }, b: { readers: PERMIT } });
    expect(decide('a').reason).toBe('allowed');
    change('a', { readers: PERMIT, block: 'forbid(' });
    expect(decide('a')).toMatchObject({ allowed: false, reason: 'engine_error', errors: [{ policy: 'block' }] });
    expect(decide('a', { policyRequired: false, requiredScopes: ['weather:read'] }).reason).toBe('engine_error');
    expect(authorizer.policies('a').broken).toEqual([{ policy: 'block', message: expect.stringContaining('line 1') }]);
    expect(decide('b').reason).toBe('allowed');
    change('a', { readers: PERMIT });
    expect(decide('a').reason).toBe('allowed');
  });

  it('keeps one tenant`s policies from another', () => {
    const { decide } = open({ a: { readers: PERMIT }, b: {} });
    expect([decide('a').reason, decide('b').reason]).toEqual(['allowed', 'no_policy_permits']);
  });

  it('denies when a tenant`s policies can`t be had at all, and does not throw', () => {
    const { decide } = open({});
    expect(decide('elsewhere')).toMatchObject({ reason: 'engine_error', errors: [{ policy: '(all)' }] });
    expect(decide('elsewhere', { policyRequired: false, requiredScopes: ['weather:read'] }).allowed).toBe(false);
  });
});
