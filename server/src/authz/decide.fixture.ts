import type { Decision, DecisionRequest, Principal } from '#base';
import { decide } from './decide.ts';
import { compilePolicies } from './policy-set.ts';

export const ALICE: Principal = {
  type: 'user',
  id: 'usr_alice',
  tenantId: 'ten_1',
  organizationId: 'org_acme',
  roles: ['editor'],
  scopes: ['weather:read'],
  credential: { type: 'access_token', id: 'tok_1' },
  acr: 'mfa',
  amr: ['pwd', 'otp'],
  authTime: 1_700_000_000,
};

export const REQUEST: DecisionRequest = {
  principal: ALICE,
  action: 'weather:read',
  resource: { type: 'City', id: 'zurich', attributes: { owner: 'usr_alice' } },
  context: { ip: '192.0.2.7', method: 'GET', path: '/weather/zurich', time: '2026-01-31T10:00:00Z' },
  policyRequired: true,
};

export function setOf(...policies: string[]) {
  return compilePolicies(
    policies.map((cedar, index) => ({ name: `p${index + 1}`, cedar })),
    7,
  );
}

export function decideWith(policies: string | string[], request: Partial<DecisionRequest> = {}): Decision {
  return decide(setOf(...[policies].flat()), { ...REQUEST, ...request });
}
