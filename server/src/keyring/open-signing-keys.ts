import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { type Clock, type Logger, oneAtATime, type Principal, type Random } from '#base';
import { keyringErrors } from './errors.ts';
import type { Keyring } from './open-keyring.ts';
import { type Alg, signBytes } from './signing-algorithms.ts';
import { dueSteps, SIGNING_KEY_TIMES, type SigningKeyState, type SigningKeyTimes } from './signing-key-life-cycle.ts';
import {
  activateSigningKey,
  draftSigningKey,
  eraseSigningKey,
  insertSigningKey,
  lockSigningKeys,
  SIGNING_KEY_TOPIC,
  type SigningKeyDeps,
  type SigningKeyRow,
  type SigningKeyStep,
  type SigningKeyTables,
} from './signing-key-rows.ts';
import { SigningKeyView, type ViewedKey } from './signing-key-view.ts';
import type { KeyringStore, KeyringTx, RecordKeyringChange } from './store-port.ts';

/** A signing key as an operator sees it. */
export interface SigningKeyInfo {
  id: string;
  alg: Alg;
  state: SigningKeyState;
  createdAt: number;
  activatesAt: number;
  retiresAt?: number;
  goneAt?: number;
}

export interface SigningKeys {
  /** Makes the tenant's first key for an algorithm (ES256 unless told), active at once. Does nothing when there is one. */
  ensure(tenantId: string, alg?: Alg): Promise<void>;
  /**
   * JWS in compact form (RFC 7515 §3.1), by the active key; at once when it is in memory. A tenant that has keys gets one
   * of another algorithm when that is first wanted. @throws `signing_key_missing`
   */
  sign(tenantId: string, claims: object, options: { typ: string; alg?: Alg }): string | Promise<string>;
  /** For the JWKS (RFC 7517 §5): what is announced, active and retiring. */
  publicKeys(tenantId: string): JWK[];
  /** From memory. The key, and with it the algorithm, is chosen by the server's own list, never by the token. */
  verificationKey(tenantId: string, kid: string): { alg: Alg; key: KeyObject; jwk: JWK } | undefined;
  /**
   * Announces the next key; {@link advance} makes it active in time. `immediately` makes it active at once, for a key
   * that is no longer trusted: others may then meet a key that they have not fetched yet.
   * @throws `signing_key_announced`, `signing_key_missing`
   */
  rotate(tenantId: string, options?: { immediately?: boolean; alg?: Alg; actor?: Principal }): Promise<SigningKeyInfo>;
  /** Takes a key out of use now: what it signed no longer verifies. @throws `signing_key_not_found`, `signing_key_in_use` */
  remove(tenantId: string, kid: string): Promise<void>;
  list(tenantId: string): SigningKeyInfo[];
  /** Does what is due for every tenant: one process at a time is enough, more do no harm. */
  advance(now: number): Promise<void>;
  close(): void;
}

export interface OpenSigningKeysInput {
  store: KeyringStore;
  recordChange: RecordKeyringChange;
  recordStep?: (tx: KeyringTx, step: SigningKeyStep) => Promise<void>;
  keyring: Pick<Keyring, 'seal' | 'open'>;
  clock: Clock;
  random: Random;
  log: Logger;
  times?: SigningKeyTimes;
}

/** Loads all tenants' signing keys and keeps them fresh through the change feed. */
export async function openSigningKeys(input: OpenSigningKeysInput): Promise<SigningKeys> {
  const { store, keyring, log, clock } = input;
  const deps: SigningKeyDeps = { ...input, recordStep: input.recordStep ?? (async () => undefined) };
  const times = input.times ?? SIGNING_KEY_TIMES;
  const view = new SigningKeyView(keyring);

  // Reads run one after another, so that an older answer never overwrites a newer one.
  const inTurn = oneAtATime();
  const readAll = () =>
    inTurn(async () => view.replaceAll(await store.transaction({ system: true }, (tx) => livingKeys(tx))));
  const readTenant = (tenantId: string) =>
    inTurn(async () => {
      view.replaceTenant(tenantId, await store.transaction({ tenantId }, (tx) => livingKeys(tx, tenantId)));
    });

  const stopListening = [
    store.changes.subscribe([SIGNING_KEY_TOPIC], async (changes) => {
      for (const tenantId of new Set(changes.map((change) => change.tenantId))) await readTenant(tenantId);
    }),
    store.changes.onResync(readAll),
  ];
  await readAll();

  const change = async <T>(tenantId: string, work: (tx: KeyringTx) => Promise<T>): Promise<T> => {
    const result = await store.transaction({ tenantId }, work);
    await readTenant(tenantId);
    return result;
  };

  const advanceTenant = async (tenantId: string, now: number) => {
    const due = dueSteps(await store.transaction({ tenantId }, (tx) => livingKeys(tx, tenantId)), now, times);
    const drafts: SigningKeyRow[] = [];
    for (const step of due) {
      if (step.kind !== 'announce') continue;
      const draft = await draftSigningKey(deps, tenantId, step.alg);
      drafts.push({ ...draft, state: 'announced', activates_at: now + times.announcedMs });
    }
    await change(tenantId, async (tx) => {
      const keys = await lockSigningKeys(tx, tenantId);
      // Asked again under the lock: another process may have been faster.
      for (const step of dueSteps(keys, now, times)) {
        if (step.kind === 'announce') {
          const draft = drafts.find(({ alg }) => alg === step.alg);
          if (draft !== undefined) await insertSigningKey(tx, deps, draft);
          continue;
        }
        const key = keys.find(({ id }) => id === step.id);
        if (key === undefined) continue;
        if (step.kind === 'erase') await eraseSigningKey(tx, deps, key);
        else {
          const previous = keys.find(({ id }) => id === step.retires);
          await activateSigningKey(tx, deps, times, { next: key, previous, now });
        }
      }
    });
  };

  const ensure = async (tenantId: string, alg: Alg) => {
    if (view.active(tenantId, alg) !== undefined) return;
    const draft = await draftSigningKey(deps, tenantId, alg);
    const row: SigningKeyRow = { ...draft, state: 'active', activates_at: clock.now() };
    await change(tenantId, (tx) => insertSigningKey(tx, deps, row));
  };

  return {
    ensure: (tenantId, alg = 'ES256') => ensure(tenantId, alg),

    sign(tenantId, claims, { typ, alg = 'ES256' }) {
      const key = view.active(tenantId, alg);
      if (key !== undefined) return signWith(key, claims, typ);
      return readTenant(tenantId).then(async () => {
        if (view.keysOf(tenantId).length > 0) await ensure(tenantId, alg);
        const read = view.active(tenantId, alg);
        if (read === undefined) throw keyringErrors.signing_key_missing({ details: { alg } });
        return signWith(read, claims, typ);
      });
    },

    publicKeys: (tenantId) => view.keysOf(tenantId).map(({ jwk }) => jwk),
    verificationKey: (tenantId, kid) => view.find(tenantId, kid),

    async rotate(tenantId, { immediately = false, alg = 'ES256', actor } = {}) {
      const asked: SigningKeyDeps =
        actor === undefined ? deps : { ...deps, recordStep: (tx, step) => deps.recordStep(tx, { ...step, actor }) };
      const draft = await draftSigningKey(deps, tenantId, alg);
      const activatesAt = clock.now() + (immediately ? 0 : times.announcedMs);
      const next: SigningKeyRow = { ...draft, state: 'announced', activates_at: activatesAt };
      const id = await change(tenantId, async (tx) => {
        const all = await lockSigningKeys(tx, tenantId);
        const keys = all.filter((key) => key.alg === alg);
        const previous = keys.find(({ state }) => state === 'active');
        // The first of another algorithm may be announced as well, before a policy wants it.
        if (all.length === 0) throw keyringErrors.signing_key_missing({ details: { alg } });
        const announced = keys.find(({ state }) => state === 'announced');
        if (!immediately) {
          if (!(await insertSigningKey(tx, asked, next))) throw keyringErrors.signing_key_announced();
          return next.id;
        }
        // A key that is already announced is known to more verifiers than a new one could be.
        const successor = announced ?? next;
        if (announced === undefined) await insertSigningKey(tx, asked, next);
        await activateSigningKey(tx, asked, times, { next: successor, previous, now: clock.now() });
        return successor.id;
      });
      const key = view.find(tenantId, id);
      if (key === undefined) throw keyringErrors.signing_key_not_found();
      return toInfo(key);
    },

    async remove(tenantId, kid) {
      await change(tenantId, async (tx) => {
        const key = (await lockSigningKeys(tx, tenantId)).find(({ id }) => id === kid);
        if (key === undefined) throw keyringErrors.signing_key_not_found();
        if (key.state === 'active') throw keyringErrors.signing_key_in_use();
        await eraseSigningKey(tx, deps, key);
      });
    },

    list: (tenantId) => view.keysOf(tenantId).map(toInfo),

    async advance(now) {
      const rows = await store.transaction({ system: true }, (tx) => livingKeys(tx));
      for (const [tenantId, keys] of Map.groupBy(rows, ({ tenant_id }) => tenant_id)) {
        if (dueSteps(keys, now, times).length === 0) continue;
        await advanceTenant(tenantId, now).catch((error: unknown) => {
          // One tenant's trouble must not keep the others' keys from rotating; it is tried again next time.
          log.error({ err: error, tenantId }, 'the signing keys could not be advanced');
        });
      }
    },

    close() {
      for (const stop of stopListening) stop();
    },
  };
}

function signWith(key: ViewedKey, claims: object, typ: string): string {
  const data = key.headerOf(typ) + Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${data}.${signBytes(key.alg, key.privateKey(), data).toString('base64url')}`;
}

async function livingKeys(tx: KeyringTx, tenantId?: string): Promise<SigningKeyRow[]> {
  let select = tx.withTables<SigningKeyTables>().selectFrom('signing_keys').selectAll().where('state', '!=', 'gone');
  if (tenantId !== undefined) select = select.where('tenant_id', '=', tenantId);
  return select.orderBy('id').execute();
}

function toInfo({ id, alg, state, createdAt, activatesAt, retiresAt, goneAt }: ViewedKey): SigningKeyInfo {
  return {
    id,
    alg,
    state,
    createdAt,
    activatesAt,
    ...(retiresAt === undefined ? {} : { retiresAt }),
    ...(goneAt === undefined ? {} : { goneAt }),
  };
}
