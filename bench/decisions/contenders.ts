import { createRequire } from 'node:module';
import { createMongoAbility, subject } from '@casl/ability';
import { newEnforcer, newModelFromString } from 'casbin';
import { compilePolicies, decide } from '../../server/src/authz/authz.ts';
import type { DecisionRequest } from '../../server/src/base/base.ts';
import { actionName, policyTexts, type Question, roleName } from './same-rules.ts';

export interface Contender {
  name: string;
  /** Answers a question prepared for it by its place in the list. */
  allows: (index: number) => boolean;
}

const cedar = createRequire(new URL('../../server/package.json', import.meta.url))(
  '@cedar-policy/cedar-wasm/nodejs',
) as typeof import('@cedar-policy/cedar-wasm/nodejs');

/** Every request is made before the clock runs: what is measured is the decision. */
export function gatehouse(name: string, count: number, questions: readonly Question[]): Contender {
  const sources = policyTexts(count).map((text, index) => ({ name: `p${index}`, cedar: text }));
  const set = compilePolicies(sources, 1);
  const requests = questions.map(
    ({ role, action, department, owner, locked }): DecisionRequest => ({
      principal: {
        type: 'user',
        id: owner,
        tenantId: 'ten_1',
        organizationId: 'org_acme',
        roles: [role],
        scopes: [],
        credential: { type: 'session', id: 'ses_1' },
      },
      action,
      resource: { type: 'Order', id: '1', attributes: { department, locked } },
      context: { ip: '192.0.2.7' },
      policyRequired: true,
    }),
  );
  return {
    name,
    allows: (index) => {
      const request = requests[index];
      return request !== undefined && decide(set, request).allowed;
    },
  };
}

export function cedarPreparsed(count: number, questions: readonly Question[]): Contender {
  const staticPolicies = Object.fromEntries(policyTexts(count).map((text, index) => [`p${index}`, text]));
  const parsed = cedar.preparsePolicySet('bench', { staticPolicies });
  if (parsed.type === 'failure') throw new Error(parsed.errors.map(({ message }) => message).join('; '));
  const calls = questions.map((question) => ({ ...cedarCall(question), preparsedPolicySetId: 'bench' }));
  return {
    name: 'cedar-wasm, pre-parsed',
    allows: (index) => {
      const call = calls[index];
      if (call === undefined) return false;
      const answer = cedar.statefulIsAuthorized(call);
      return answer.type === 'success' && answer.response.decision === 'allow';
    },
  };
}

/** As most call it: with the texts of all policies each time. */
export function cedarPlain(count: number, questions: readonly Question[]): Contender {
  const staticPolicies = Object.fromEntries(policyTexts(count).map((text, index) => [`p${index}`, text]));
  const calls = questions.map((question) => ({ ...cedarCall(question), policies: { staticPolicies } }));
  return {
    name: 'cedar-wasm, plain',
    allows: (index) => {
      const call = calls[index];
      if (call === undefined) return false;
      const answer = cedar.isAuthorized(call);
      return answer.type === 'success' && answer.response.decision === 'allow';
    },
  };
}

function cedarCall({ role, action, department, owner, locked }: Question) {
  return {
    principal: { type: 'User', id: owner },
    action: { type: 'Action', id: action },
    resource: { type: 'Order', id: '1' },
    context: { ip: '192.0.2.7' },
    entities: [
      { uid: { type: 'User', id: owner }, attrs: { organization: 'org_acme' }, parents: [{ type: 'Role', id: role }] },
      { uid: { type: 'Order', id: '1' }, attrs: { department, locked }, parents: [] },
    ],
  };
}

const CASBIN_MODEL = `
[request_definition]
r = sub, act, obj
[policy_definition]
p = role, act
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && r.sub.role == p.role && r.obj.department == r.sub.department && !r.obj.locked
`;

export async function casbin(count: number, questions: readonly Question[]): Promise<Contender> {
  const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
  const rules = Array.from({ length: count }, (_, number) => [roleName(number), actionName(number)]);
  await enforcer.addPolicies(rules);
  const calls = questions.map(
    ({ role, action, department, locked }) =>
      [{ role, department: 'org_acme' }, action, { department, locked }] as const,
  );
  return {
    name: 'casbin',
    allows: (index) => {
      const call = calls[index];
      return call !== undefined && enforcer.enforceSync(...call);
    },
  };
}

/** One ability, made beforehand for the one person who asks: what CASL is made for. */
export function casl(count: number, questions: readonly Question[]): Contender {
  const [{ role = '' } = {}] = questions;
  const rules = Array.from({ length: count }, (_, number) => number)
    .filter((number) => roleName(number) === role)
    .map((number) => ({
      action: actionName(number),
      subject: 'Order',
      conditions: { department: 'org_acme', locked: false },
    }));
  const ability = createMongoAbility(rules);
  const calls = questions.map(({ action, department, locked }) => ({
    action,
    order: subject('Order', { department, locked }),
  }));
  return {
    name: 'CASL, prebuilt for one person',
    allows: (index) => {
      const call = calls[index];
      return call !== undefined && ability.can(call.action, call.order);
    },
  };
}
