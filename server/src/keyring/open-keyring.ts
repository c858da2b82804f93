import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type Clock, DEFAULT_TENANT_ID, type Logger, type Random } from '#base';
import { keyringErrors } from './errors.ts';
import { type KeyringRow, type KeyringTables, keyId, wrappedPlace } from './keyring-tables.ts';
import { type MasterKey, type MasterKeySource, readMasterKey } from './master-key.ts';
import { openValue, type SealedPlace, sealValue } from './seal-value.ts';
import type { KeyringStore, KeyringTx, RecordKeyringChange } from './store-port.ts';

export interface Keyring {
  /** Seals a value for one place (AES-256-GCM): it opens there and nowhere else. */
  seal(plaintext: string | Uint8Array, place: SealedPlace): string;
  /** @throws `sealed_value_invalid` */
  open(sealed: string, place: SealedPlace): Buffer;
  /** Names the master key everything is sealed under, without telling anything about it. */
  readonly masterKeyId: string;
  /** HMAC-SHA-256 under a random key that no rotation changes. One purpose's result says nothing about another's. */
  mac(purpose: string, data: string | Uint8Array): Buffer;
  /**
   * Seals everything under another master key, in one transaction: afterwards only the new one opens the database.
   * Running processes go on; the next start needs the new key.
   * @throws `master_key_wrong` when another process has done so before, and what {@link readMasterKey} throws.
   */
  rotateMasterKey(source: MasterKeySource): Promise<{ masterKeyId: string }>;
  /** A new key for what is sealed from a minute from now on. What was sealed before still opens. */
  rotateDataKey(): Promise<{ keyId: string; activatesAt: number }>;
  close(): void;
}

export interface OpenKeyringInput {
  store: KeyringStore;
  recordChange: RecordKeyringChange;
  masterKey: MasterKeySource;
  clock: Clock;
  random: Random;
  log: Logger;
}

const KEY_BYTES = 32;
const TOPIC = 'keyring_key';
/** Long enough for every process to have heard of a new data key before the first value is sealed with it. */
const DATA_KEY_ANNOUNCED_MS = 60_000;

/**
 * Reads the master key and opens the data keys with it. On the first start, both are made.
 * @throws `master_key_wrong` with nothing changed, and what {@link readMasterKey} throws.
 */
export async function openKeyring(input: OpenKeyringInput): Promise<Keyring> {
  const { store, clock, random, log } = input;
  const found = await store.transaction({ system: true }, readRows);
  let master = await readMasterKey(input.masterKey, { random, create: found.length === 0 });
  if (found.length === 0) await store.transaction({ system: true }, (tx) => insertFirstKeys(tx, master, input));

  let keys = unwrapAll(master, await store.transaction({ system: true }, readRows));
  const macKey = keys.find(({ kind }) => kind === 'mac');
  if (macKey === undefined) throw keyringErrors.master_key_wrong({ cause: new Error('keyring_keys has no mac key') });

  const refresh = async () => {
    try {
      keys = unwrapAll(master, await store.transaction({ system: true }, readRows));
    } catch (error) {
      // The keys at hand still open all they ever did; only what is sealed with a newer one will not open here.
      log.error({ err: error }, 'the data keys could not be read again; restart with the current master key');
    }
  };
  const stopListening = [store.changes.subscribe([TOPIC], refresh), store.changes.onResync(refresh)];

  const purposeKeys = new Map<string, KeyObject>();
  const purposeKey = (purpose: string): KeyObject => {
    let key = purposeKeys.get(purpose);
    if (key === undefined) {
      // A key for each purpose, derived as HKDF-Expand does with one block (RFC 5869 §2.3).
      key = createSecretKey(createHmac('sha256', macKey.secret).update(`${purpose}\u0001`).digest());
      purposeKeys.set(purpose, key);
    }
    return key;
  };

  return {
    get masterKeyId() {
      return master.id;
    },
    seal: (plaintext, place) => sealValue(activeDataKey(keys, clock.now()), random, plaintext, place),
    open(sealed, place) {
      const opened = openValue((id) => keys.find((key) => key.id === id)?.secret, sealed, place);
      if (opened === undefined) {
        const where = `${place.table}.${place.column}, row ${place.row}`;
        throw keyringErrors.sealed_value_invalid({ cause: new Error(`the value in ${where} does not open`) });
      }
      return opened;
    },
    mac: (purpose, data) => createHmac('sha256', purposeKey(purpose)).update(data).digest(),
    async rotateMasterKey(source) {
      const next = await readMasterKey(source, { random, create: true });
      await store.transaction({ system: true }, (tx) => rewrapAll(tx, master, next, random));
      master = next;
      log.info({ masterKeyId: next.id }, 'the master key was rotated');
      return { masterKeyId: next.id };
    },
    async rotateDataKey() {
      const activatesAt = clock.now() + DATA_KEY_ANNOUNCED_MS;
      const id = await store.transaction({ system: true }, (tx) => insertDataKey(tx, master, activatesAt, input));
      await refresh();
      return { keyId: id, activatesAt };
    },
    close() {
      for (const stop of stopListening) stop();
    },
  };
}

interface OpenKey extends KeyringRow {
  id: string;
  secret: KeyObject;
}

function activeDataKey(keys: readonly OpenKey[], now: number): OpenKey {
  const active = keys.findLast(({ kind, activates_at }) => kind === 'data' && activates_at <= now);
  if (active === undefined) throw keyringErrors.master_key_wrong({ cause: new Error('no data key is active yet') });
  return active;
}

/** In the order of their generations. */
async function readRows(tx: KeyringTx): Promise<KeyringRow[]> {
  return tx.withTables<KeyringTables>().selectFrom('keyring_keys').selectAll().orderBy('generation').execute();
}

function unwrapAll(master: MasterKey, rows: readonly KeyringRow[]): OpenKey[] {
  return rows.map((row) => ({ ...row, id: keyId(row), secret: createSecretKey(unwrap(master, row)) }));
}

function unwrap(master: MasterKey, row: KeyringRow): Buffer {
  const opened = openValue((id) => (id === master.id ? master.secret : undefined), row.wrapped, wrappedPlace(row));
  if (opened !== undefined) return opened;
  const wantedId = row.wrapped.split('.')[1];
  if (wantedId === master.id) {
    throw keyringErrors.sealed_value_invalid({ cause: new Error(`keyring_keys ${keyId(row)} does not open`) });
  }
  throw keyringErrors.master_key_wrong({
    message: `The database is sealed under master key ${wantedId}; the one given is ${master.id}. Nothing was changed. Give the right one.`,
  });
}

function wrap(master: MasterKey, random: Random, row: Pick<KeyringRow, 'kind' | 'generation'>, key: Buffer): string {
  return sealValue(master, random, key, wrappedPlace(row));
}

/** Two processes may start for the first time together: one statement decides, and both then read what it wrote. */
async function insertFirstKeys(tx: KeyringTx, master: MasterKey, { clock, random }: OpenKeyringInput): Promise<void> {
  const rows = (['data', 'mac'] as const).map((kind) => ({
    kind,
    generation: 1,
    wrapped: wrap(master, random, { kind, generation: 1 }, random.bytes(KEY_BYTES)),
    activates_at: 0,
    created_at: clock.now(),
  }));
  const insert = tx.withTables<KeyringTables>().insertInto('keyring_keys').values(rows);
  await insert.onConflict((conflict) => conflict.doNothing()).execute();
}

async function insertDataKey(
  tx: KeyringTx,
  master: MasterKey,
  activatesAt: number,
  { clock, random, recordChange }: OpenKeyringInput,
): Promise<string> {
  const rows = await lockRows(tx);
  unwrapAll(master, rows);
  const generation = Math.max(...rows.filter(({ kind }) => kind === 'data').map((row) => row.generation)) + 1;
  const row = { kind: 'data', generation } as const;
  const wrapped = wrap(master, random, row, random.bytes(KEY_BYTES));
  const values = { ...row, wrapped, activates_at: activatesAt, created_at: clock.now() };
  await tx.withTables<KeyringTables>().insertInto('keyring_keys').values(values).execute();
  await recordChange(tx, { tenantId: DEFAULT_TENANT_ID, topic: TOPIC, id: keyId(row), operation: 'put' });
  return keyId(row);
}

async function rewrapAll(tx: KeyringTx, master: MasterKey, next: MasterKey, random: Random): Promise<void> {
  for (const row of await lockRows(tx)) {
    const wrapped = wrap(next, random, row, unwrap(master, row));
    const update = tx.withTables<KeyringTables>().updateTable('keyring_keys').set({ wrapped });
    await update.where('kind', '=', row.kind).where('generation', '=', row.generation).execute();
  }
}

/** Two rotations at once follow one another: the second sees what the first wrote. */
async function lockRows(tx: KeyringTx): Promise<KeyringRow[]> {
  const select = tx.withTables<KeyringTables>().selectFrom('keyring_keys').selectAll();
  return select.orderBy('kind').orderBy('generation').forUpdate().execute();
}
