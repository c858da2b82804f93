import { exportJWK, type JWK } from 'jose';
import type { Clock, Principal, Random } from '#base';
import { newId } from '#base';
import type { Keyring } from './open-keyring.ts';
import type { SealedPlace } from './seal-value.ts';
import { type Alg, generateSigningKey } from './signing-algorithms.ts';
import type { SigningKeyState, SigningKeyTimes } from './signing-key-life-cycle.ts';
import type { KeyringTx, RecordKeyringChange } from './store-port.ts';

export type SigningKeyTables = {
  signing_keys: {
    tenant_id: string;
    id: string;
    alg: Alg;
    state: SigningKeyState;
    /** JSON; read back as an object. */
    public_jwk: JWK;
    /** PKCS #8 in DER, sealed. Null when the key is gone. */
    private_key: string | null;
    created_at: number;
    activates_at: number;
    retires_at: number | null;
    gone_at: number | null;
  };
};

export type SigningKeyRow = SigningKeyTables['signing_keys'];

export const SIGNING_KEY_TOPIC = 'signing_key';

export interface SigningKeyDeps {
  keyring: Pick<Keyring, 'seal'>;
  recordChange: RecordKeyringChange;
  /** Called in the same transaction for each step in a key's life: where the audit event is written. */
  recordStep: (tx: KeyringTx, step: SigningKeyStep) => Promise<void>;
  clock: Clock;
  random: Random;
}

/** What is written to the audit log of a key's life. */
export const SIGNING_KEY_STEPS = ['announced', 'activated', 'retired', 'erased'] as const;

export interface SigningKeyStep {
  tenantId: string;
  keyId: string;
  alg: Alg;
  step: (typeof SIGNING_KEY_STEPS)[number];
  /** Who asked for it; absent when it was due. */
  actor?: Principal;
}

export function privateKeyPlace(row: Pick<SigningKeyRow, 'tenant_id' | 'id'>): SealedPlace {
  return { table: 'signing_keys', column: 'private_key', row: `${row.tenant_id}/${row.id}` };
}

/** A new pair, made before the transaction begins: RSA takes a tenth of a second, too long to hold locks for. */
export async function draftSigningKey(
  { keyring, clock, random }: SigningKeyDeps,
  tenantId: string,
  alg: Alg,
): Promise<Omit<SigningKeyRow, 'state' | 'activates_at'>> {
  const { publicKey, privateKey } = await generateSigningKey(alg);
  const id = newId('signingKey', { clock, random });
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const sealed = keyring.seal(der, privateKeyPlace({ tenant_id: tenantId, id }));
  der.fill(0);
  return {
    tenant_id: tenantId,
    id,
    alg,
    public_jwk: { ...(await exportJWK(publicKey)), kid: id, alg, use: 'sig' },
    private_key: sealed,
    created_at: clock.now(),
    retires_at: null,
    gone_at: null,
  };
}

/** False when one with that state and algorithm is there already: someone else was faster. */
export async function insertSigningKey(tx: KeyringTx, deps: SigningKeyDeps, row: SigningKeyRow): Promise<boolean> {
  const values = { ...row, public_jwk: JSON.stringify(row.public_jwk) as unknown as JWK };
  const insert = tx.withTables<SigningKeyTables>().insertInto('signing_keys').values(values);
  const { numInsertedOrUpdatedRows } = await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await record(tx, deps, row, 'announced');
  if (row.state === 'active') await record(tx, deps, row, 'activated');
  return true;
}

/** First the old key retires, then the new one is active: at most one is, at every moment, as the index demands. */
export async function activateSigningKey(
  tx: KeyringTx,
  deps: SigningKeyDeps,
  times: SigningKeyTimes,
  { next, previous, now }: { next: SigningKeyRow; previous: SigningKeyRow | undefined; now: number },
): Promise<void> {
  if (previous !== undefined) {
    await update(tx, previous, { state: 'retiring', retires_at: now, gone_at: now + times.retiringMs });
    await record(tx, deps, previous, 'retired');
  }
  await update(tx, next, { state: 'active', activates_at: now });
  await record(tx, deps, next, 'activated');
}

export async function eraseSigningKey(tx: KeyringTx, deps: SigningKeyDeps, row: SigningKeyRow): Promise<void> {
  await update(tx, row, { state: 'gone', private_key: null, gone_at: deps.clock.now() });
  await record(tx, deps, row, 'erased');
}

/** The keys of a tenant that are not gone, locked, oldest first: whoever else wants to change them waits. */
export async function lockSigningKeys(tx: KeyringTx, tenantId: string): Promise<SigningKeyRow[]> {
  const select = tx.withTables<SigningKeyTables>().selectFrom('signing_keys').selectAll();
  return select.where('tenant_id', '=', tenantId).where('state', '!=', 'gone').orderBy('id').forUpdate().execute();
}

async function update(tx: KeyringTx, row: SigningKeyRow, values: Partial<SigningKeyRow>): Promise<void> {
  const change = tx.withTables<SigningKeyTables>().updateTable('signing_keys').set(values);
  await change.where('tenant_id', '=', row.tenant_id).where('id', '=', row.id).execute();
}

async function record(
  tx: KeyringTx,
  { recordChange, recordStep }: SigningKeyDeps,
  row: SigningKeyRow,
  step: SigningKeyStep['step'],
): Promise<void> {
  await recordChange(tx, {
    tenantId: row.tenant_id,
    topic: SIGNING_KEY_TOPIC,
    id: row.id,
    operation: step === 'erased' ? 'delete' : 'put',
  });
  await recordStep(tx, { tenantId: row.tenant_id, keyId: row.id, alg: row.alg, step });
}
