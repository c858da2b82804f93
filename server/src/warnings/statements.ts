import { type Mentions, mentionsOf, policyKind, toPolicySource } from '#authz';
import type { World } from '#resources';
import { onceAWorld } from './once-a-world.ts';

/** A statement with the policy that it stands in. */
export type PolicyStatement = Mentions & { policy: string; onTrial: boolean };

/** Parsing one takes about a millisecond, the first time: others get their turn in between. */
const PORTION = 20;

export const statementsOf = onceAWorld(async (world: World): Promise<PolicyStatement[]> => {
  const found: PolicyStatement[] = [];
  for (const [index, { name, spec }] of world.all(policyKind).entries()) {
    if (index % PORTION === PORTION - 1) await new Promise(setImmediate);
    for (const each of mentionsOf(toPolicySource({ name, spec })))
      found.push({ ...each, policy: name, onTrial: spec.mode === 'shadow' });
  }
  return found;
});
