import type { Me } from '../../api/whoami.ts';

/** The plans that this person may put a key on, by name, as the server decides it (server/src/apikeys/choose-plan.ts). */
export function plansToGive(
  { mayInTenant }: Pick<Me, 'mayInTenant'>,
  plans: readonly { name: string; spec: { assignableBy?: 'administrators' | 'everyone' | undefined } }[],
): string[] {
  const mayGiveAny = mayInTenant('plans:assign') || mayInTenant('plans:write');
  return plans.filter(({ spec }) => mayGiveAny || spec.assignableBy === 'everyone').map(({ name }) => name);
}
