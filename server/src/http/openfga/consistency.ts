import type { FastifyRequest } from 'fastify';
import type { ScopeInput } from '#authz';
import { callerOf } from '../access.ts';

/** Carries the token of a write to the questions that must know of it. OpenFGA's forms have no place for one. */
export const CONSISTENCY_HEADER = 'gatehouse-consistency-token';

/** Which state, and under which model, a request wants to be answered from. */
export function scopeOf(
  request: FastifyRequest,
  storeId: string,
  {
    authorization_model_id: modelId,
    consistency,
  }: { authorization_model_id?: string | undefined; consistency?: string | undefined },
): ScopeInput {
  const token = request.headers[CONSISTENCY_HEADER];
  return {
    tenantId: callerOf(request).principal.tenantId,
    storeId,
    modelId,
    higherConsistency: consistency === 'HIGHER_CONSISTENCY',
    consistencyToken: typeof token === 'string' ? token : undefined,
  };
}
