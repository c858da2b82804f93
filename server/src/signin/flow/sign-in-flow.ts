import { type IdSource, newId } from '#base';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import type { Store, Tx } from '#store';
import { LANDING_PATH } from '../return-to.ts';
import type { SigninTables } from '../tables.ts';
import type { FlowState } from './sign-in-steps.ts';

/** Time to find the phone, and no more: what was proved first must still be fresh when the session begins. */
export const FLOW_LIFETIME_MS = 15 * 60_000;

/** A flow bears so many wrong codes; after that it begins with the password again. */
export const FLOW_FAILURES_MAX = 5;

export interface FlowDeps extends IdSource {
  keyring: Pick<Keyring, 'mac'>;
}

export interface SignInFlow {
  id: string;
  state: FlowState & { userId: string };
  failures: number;
  createdAt: number;
}

/** A flow under a new random name, which only this browser gets to know: none that it brought is ever taken up. */
export async function beginFlow(
  tx: Tx,
  deps: FlowDeps,
  { tenantId, state }: { tenantId: string; state: FlowState & { userId: string } },
): Promise<string> {
  const now = deps.clock.now();
  const token = mintCredential('sign_in_flow', deps.random);
  await tx
    .withTables<SigninTables>()
    .insertInto('sign_in_flows')
    .values({
      tenant_id: tenantId,
      id: newId('flow', deps),
      token_hash: credentialHash(deps.keyring, token),
      user_id: state.userId,
      state: JSON.stringify(state),
      failures: 0,
      created_at: now,
      expires_at: now + FLOW_LIFETIME_MS,
    })
    .execute();
  return token;
}

interface Which {
  tenantId: string;
  token: string | undefined;
}

/** `lock`: nobody else answers a step of it until the transaction ends. */
export async function findFlow(
  tx: Tx,
  deps: FlowDeps,
  { tenantId, token, lock = false }: Which & { lock?: boolean },
): Promise<SignInFlow | undefined> {
  if (token === undefined || recogniseCredential(token)?.kind !== 'sign_in_flow') return undefined;
  const row = await tx
    .withTables<SigninTables>()
    .selectFrom('sign_in_flows')
    .select(['id', 'user_id', 'state', 'failures', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('token_hash', '=', credentialHash(deps.keyring, token))
    .where('expires_at', '>', deps.clock.now())
    .$if(lock, (query) => query.forUpdate())
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : { id: row.id, failures: row.failures, createdAt: row.created_at, state: { ...row.state, userId: row.user_id } };
}

export async function saveFlow(
  tx: Tx,
  { tenantId, id, state, failures }: Omit<SignInFlow, 'createdAt'> & { tenantId: string },
): Promise<void> {
  await tx
    .withTables<SigninTables>()
    .updateTable('sign_in_flows')
    .set({ state: JSON.stringify(state), failures })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .execute();
}

/** Uses the flow up. @returns whether it was there: of two that end it at once, one hears yes. */
export async function endFlow(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): Promise<boolean> {
  const ended = await tx
    .withTables<SigninTables>()
    .deleteFrom('sign_in_flows')
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Ends all that are under way: what was proved in them may no longer be good. */
export async function endFlowsOf(tx: Tx, { tenantId, userId }: { tenantId: string; userId: string }): Promise<void> {
  await tx
    .withTables<SigninTables>()
    .deleteFrom('sign_in_flows')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
}

/** Gives a flow up. @returns where it would have led. */
export async function cancelFlow(
  deps: FlowDeps & { store: Pick<Store, 'transaction'> },
  { tenantId, token }: Which,
): Promise<string> {
  return deps.store.transaction({ tenantId }, async (tx) => {
    const flow = await findFlow(tx, deps, { tenantId, token, lock: true });
    if (flow !== undefined) await endFlow(tx, { tenantId, id: flow.id });
    return flow?.state.returnTo ?? LANDING_PATH;
  });
}
