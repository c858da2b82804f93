import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { Keyring } from '#keyring';
import { findResource } from '#resources';
import { recordChange, type Store, type Tx } from '#store';
import type { GatewayAuditEvent } from '../audit-events.ts';
import { gatewayErrors } from '../errors.ts';
import { upstreamKind } from '../upstreams/upstream-kind.ts';
import { originsOf, placeOfSecret, UPSTREAM_SECRET_TOPIC, type UpstreamSecretTables } from './secret-table.ts';
import { lockUpstreamSecrets } from './settle-secrets.ts';

export interface UpstreamSecretDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'seal'>;
}

export interface UpstreamSecretPlace {
  tenantId: string;
  upstream: string;
  name: string;
}

/** What may be known of a secret: that it is set, and since when. */
export interface UpstreamSecretInfo {
  name: string;
  /** Where it may be sent; absent when no value is set, or it was set before that was asked for. */
  origins?: readonly string[];
  /** Milliseconds; absent when no value is set, so that requests are refused. */
  setAt?: number;
}

/**
 * Sets the value, or another in its place, for these origins and no others: the upstream's targets, and further ones that
 * it shall have. When this returns, this process sends the new one; others follow at once.
 * @throws `upstream_secret_unknown` when the upstream declares none of this name.
 */
export async function setUpstreamSecret(
  deps: UpstreamSecretDeps,
  {
    actor,
    value,
    also = [],
    ...place
  }: UpstreamSecretPlace & { value: string; also?: readonly string[]; actor: Principal },
): Promise<UpstreamSecretInfo> {
  const { tenantId, upstream, name } = place;
  const setAt = deps.clock.now();
  const origins = await deps.store.transaction({ tenantId }, async (tx) => {
    await lockUpstreamSecrets(tx, tenantId);
    const found = await demandDeclared(tx, place);
    const list = [...new Set([...originsOf(found.spec.targets), ...also])];
    const text = list.join(' ');
    const sealed = deps.keyring.seal(value, placeOfSecret(place, text));
    await tx
      .withTables<UpstreamSecretTables>()
      .insertInto('upstream_secrets')
      .values({ tenant_id: tenantId, upstream, name, sealed, origins: text, set_at: setAt })
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'upstream', 'name']).doUpdateSet({ sealed, origins: text, set_at: setAt }),
      )
      .execute();
    await announce(tx, deps, { ...place, id: found.id, actor, type: 'upstream_secret.set', origins: list });
    return list;
  });
  await deps.store.changes.caughtUp();
  return { name, setAt, origins };
}

/** Requests that need it are refused from now on. @throws `upstream_secret_unknown`. */
export async function removeUpstreamSecret(
  deps: UpstreamSecretDeps,
  { actor, ...place }: UpstreamSecretPlace & { actor: Principal },
): Promise<void> {
  const { tenantId, upstream, name } = place;
  await deps.store.transaction({ tenantId }, async (tx) => {
    await lockUpstreamSecrets(tx, tenantId);
    const found = await demandDeclared(tx, place);
    const removed = await tx
      .withTables<UpstreamSecretTables>()
      .deleteFrom('upstream_secrets')
      .where('tenant_id', '=', tenantId)
      .where('upstream', '=', upstream)
      .where('name', '=', name)
      .returning('name')
      .executeTakeFirst();
    if (removed === undefined)
      throw gatewayErrors.upstream_secret_unknown({
        message: `The secret "${name}" is not set, so there is none to remove.`,
      });
    await announce(tx, deps, { ...place, id: found.id, actor, type: 'upstream_secret.removed' });
  });
  await deps.store.changes.caughtUp();
}

/** Every secret that the upstream declares. @throws `upstream_secret_unknown` when there is no such upstream. */
export async function listUpstreamSecrets(
  { store }: Pick<UpstreamSecretDeps, 'store'>,
  { tenantId, upstream }: Omit<UpstreamSecretPlace, 'name'>,
): Promise<UpstreamSecretInfo[]> {
  return store.transaction(
    { tenantId },
    async (tx) => {
      const { spec } = await demandUpstream(tx, { tenantId, upstream });
      const rows = await tx
        .withTables<UpstreamSecretTables>()
        .selectFrom('upstream_secrets')
        .select(['name', 'set_at', 'origins'])
        .where('tenant_id', '=', tenantId)
        .where('upstream', '=', upstream)
        .execute();
      const set = new Map(rows.map((row) => [row.name, row]));
      return (spec.secrets ?? []).map(({ name }) => {
        const row = set.get(name);
        if (row === undefined) return { name };
        return { name, setAt: row.set_at, ...(row.origins === null ? {} : { origins: row.origins.split(' ') }) };
      });
    },
    { readOnly: true },
  );
}

async function demandUpstream(tx: Tx, { tenantId, upstream }: Omit<UpstreamSecretPlace, 'name'>) {
  const found = await findResource(tx, { tenantId, kind: upstreamKind, name: upstream });
  if (found !== undefined) return found;
  throw gatewayErrors.upstream_secret_unknown({ message: `There is no upstream named "${upstream.slice(0, 63)}".` });
}

async function demandDeclared(tx: Tx, { name, ...place }: UpstreamSecretPlace) {
  const found = await demandUpstream(tx, place);
  if (found.spec.secrets?.some((secret) => secret.name === name)) return found;
  throw gatewayErrors.upstream_secret_unknown();
}

async function announce(
  tx: Tx,
  deps: IdSource,
  {
    tenantId,
    upstream,
    name,
    id,
    actor,
    type,
    origins,
  }: UpstreamSecretPlace & { id: string; actor: Principal; type: GatewayAuditEvent; origins?: readonly string[] },
): Promise<void> {
  const target = { type: 'upstream', id, name: upstream };
  await recordEvent(tx, deps, {
    tenantId,
    type,
    actor,
    target,
    detail: { name, ...(origins === undefined ? {} : { origins: [...origins] }) },
  });
  await recordChange(tx, { tenantId, topic: UPSTREAM_SECRET_TOPIC, id: upstream, operation: 'put' });
}
