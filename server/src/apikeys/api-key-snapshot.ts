import { type Clock, LIMITS, oneAtATime } from '#base';
import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import type { Change, Store, Tx } from '#store';
import { API_KEY_TOPIC, type ApikeysTables, HELD_COLUMNS, type HeldKeyRow } from './api-key.ts';
import { ApiKeyEntry, type ApiKeyVerification, REFUSED } from './api-key-entry.ts';
import type { ForeignFormats } from './foreign/foreign-formats.ts';
import { type KeyOwners, type OwnerPlace, OwnerStandings, ownerPlaceOf } from './key-owners.ts';
import type { KeyPlace } from './key-place.ts';
import { LateKeys, type LateKeysLimits } from './late-keys.ts';
import { readAllKeys } from './read-all-keys.ts';
import { RecurringTexts } from './recurring-texts.ts';

/** Verifies API keys from memory, without waiting for anything. */
export interface ApiKeySnapshot {
  /** `now` in milliseconds. Without a place, a key that may be used at some places only is refused. */
  verifyApiKey(text: string, now: number, place?: KeyPlace): ApiKeyVerification;
  /**
   * Resolves when a key that is unknown here has been heard of, or was waited for long enough. Undefined: it is no key of
   * ours, was waited for before, or too many are waited for.
   */
  whenHeard(text: string): Promise<void> | undefined;
  /**
   * Is the key with this id good now? For what was made from it, and ends with it. `anywhere`: and is it bound to no place?
   */
  isLive(tenantId: string, id: string, now: number, anywhere?: boolean): boolean;
  /** The plan that the key with this id is on. */
  planOf(tenantId: string, id: string): string | undefined;
  /** Does it look like a key of another system whose keys that tenant imported? */
  looksForeign(text: string, tenantId: string): boolean;
  /** Keys held, and texts remembered. */
  stats(): { keys: number; texts: number };
  close(): void;
}

export interface ApiKeySnapshotDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  owners: KeyOwners;
  /** Left out: keys of our own alone. */
  foreign?: Pick<ForeignFormats, 'fits' | 'textsOf'>;
  /** How many texts of known keys are remembered, to spare them the hash. */
  textsMax?: number;
  /** How long and how many keys are waited for that nobody has heard of yet. */
  lateKeys?: LateKeysLimits;
}

/** Change topics of the directory: a person or a service account was changed; a group, which changes many at once. */
const OWNER_TOPICS = ['user', 'service_account'];
const GROUP_TOPIC = 'group';
const TEXTS_MAX = 10_000;
/** So long after its end a key is still known by name, for a better answer than "unknown". */
const ENDED_KEPT_MS = 30 * 24 * 3_600_000;
const CHANGED_SIZE = 500;

/** Loads every tenant's keys and keeps them fresh through the change feed. */
export async function openApiKeySnapshot(deps: ApiKeySnapshotDeps): Promise<ApiKeySnapshot> {
  const { store, keyring, clock, owners, foreign, textsMax = TEXTS_MAX } = deps;
  let byId = new Map<string, ApiKeyEntry>();
  let byHash = new Map<string, ApiKeyEntry>();
  /**
   * Texts that were found once. Only those of keys that exist come in, so that a flood of made-up keys can't grow it,
   * and none of them reaches the database. The values are the entries themselves, never a verdict.
   */
  const byText = new Map<string, ApiKeyEntry>();

  /** What those may do that keys act for: a key can do no more, and need not change with its owner. */
  const standings = new OwnerStandings(owners);
  const late = new LateKeys(deps.lateKeys);
  const shared = new RecurringTexts();

  const put = (row: HeldKeyRow) => {
    const known = byId.get(entryId(row.tenant_id, row.id));
    if (known !== undefined) return known.update(row, shared);
    const entry = new ApiKeyEntry(row, shared);
    byId.set(entryId(shared.text(row.tenant_id), row.id), entry);
    byHash.set(entry.hash, entry);
  };
  const remove = ({ tenantId, id }: Change) => {
    const known = byId.get(entryId(tenantId, id));
    if (known === undefined) return;
    known.end();
    byId.delete(entryId(tenantId, id));
    byHash.delete(known.hash);
  };

  // Reads run one after another, so that an older answer never overwrites a newer one.
  const inTurn = oneAtATime();

  const loadAll = () =>
    inTurn(async () => {
      const known = byId;
      const [ids, hashes] = [new Map<string, ApiKeyEntry>(), new Map<string, ApiKeyEntry>()];
      const places: OwnerPlace[] = [];
      await readAllKeys({ store }, clock.now() - ENDED_KEPT_MS, (row) => {
        const id = entryId(shared.text(row.tenant_id), row.id);
        const entry = known.get(id) ?? new ApiKeyEntry(row, shared);
        if (known.has(id)) entry.update(row, shared);
        ids.set(id, entry);
        hashes.set(entry.hash, entry);
        if (entry.place !== undefined) places.push(entry.place);
      });
      await standings.replace(places);
      for (const [id, entry] of known) if (!ids.has(id)) entry.end();
      [byId, byHash] = [ids, hashes];
      late.heard((hash) => byHash.has(hash));
    });

  const loadChanged = (changes: readonly Change[]) =>
    inTurn(async () => {
      for (let start = 0; start < changes.length; start += CHANGED_SIZE) {
        const some = changes.slice(start, start + CHANGED_SIZE);
        const rows = await store.transaction({ system: true }, (tx) => readKeys(tx, some));
        const found = new Set(rows.map((row) => entryId(row.tenant_id, row.id)));
        await standings.learn(rows.map(ownerPlaceOf));
        for (const row of rows) put(row);
        for (const change of some) if (!found.has(entryId(change.tenantId, change.id))) remove(change);
        late.heard((hash) => byHash.has(hash));
      }
    });

  const hearOfOwners = (changes: readonly Change[]) => {
    const gone = idsOf(changes.filter(({ operation }) => operation === 'delete'));
    if (gone.size > 0) standings.forget(({ tenantId, id }) => gone.has(entryId(tenantId, id)));
    const changed = idsOf(changes);
    return inTurn(() => standings.relearn(({ tenantId, id }) => changed.has(entryId(tenantId, id))));
  };

  const hearOfGroups = (changes: readonly Change[]) => {
    const tenants = new Set(changes.map(({ tenantId }) => tenantId));
    return inTurn(() => standings.relearn(({ tenantId }) => tenants.has(tenantId)));
  };

  const hear = (changes: readonly Change[]) => {
    // A key that has ended never comes back, so it is refused in this very tick; the database may be slow, or away.
    for (const { tenantId, id, operation } of changes) {
      if (operation === 'delete') byId.get(entryId(tenantId, id))?.end();
    }
    return loadChanged(changes);
  };

  const stopListening = [
    store.changes.subscribe([API_KEY_TOPIC], hear),
    store.changes.subscribe(OWNER_TOPICS, hearOfOwners),
    store.changes.subscribe([GROUP_TOPIC], hearOfGroups),
    store.changes.onResync(loadAll),
  ];
  await loadAll();

  const find = (hashed: string) => byHash.get(credentialHash(keyring, hashed));
  const remember = (text: string, entry: ApiKeyEntry) => {
    if (byText.size >= textsMax) for (const oldest of byText.keys()) if (byText.delete(oldest)) break;
    byText.set(text, entry);
    return entry;
  };

  /** A text that was imported twice, under formats that hash otherwise, is good for as long as all that it is are good. */
  const findForeign = (text: string, tenantId: string, now: number): ApiKeyVerification | ApiKeyEntry => {
    const fits = foreign?.fits(tenantId, text) ?? 0;
    if (foreign === undefined || fits === 0) return REFUSED.malformed;
    // No credential holds a space.
    const known = fits === 1 ? byText.get(`${tenantId} ${text}`) : undefined;
    if (known !== undefined) return known;
    const found = foreign.textsOf(tenantId, text).flatMap((each) => find(each) ?? []);
    const [entry] = found;
    if (entry === undefined) return REFUSED.unknown;
    return fits === 1 ? remember(`${tenantId} ${text}`, entry) : (found.find((each) => !each.verify(now).ok) ?? entry);
  };

  const judge = (entry: ApiKeyEntry, now: number): ApiKeyVerification => {
    if (entry.owner === undefined) return entry.verify(now);
    const standing = standings.get(entry.owner);
    return standing === undefined ? entry.refuse('ownerDisabled') : entry.verifyWithin(now, standing, owners);
  };

  return {
    isLive(tenantId, id, now, anywhere = false) {
      const entry = byId.get(entryId(tenantId, id));
      return entry !== undefined && !(anywhere && entry.isBound) && judge(entry, now).ok;
    },
    planOf: (tenantId, id) => byId.get(entryId(tenantId, id))?.plan,
    verifyApiKey(text, now, place) {
      let entry: ApiKeyEntry | ApiKeyVerification | undefined = byText.get(text);
      if (entry === undefined) {
        if (text.length > LIMITS.credentialLengthMax) return REFUSED.malformed;
        if (recogniseCredential(text)?.kind === 'api_key') {
          entry = find(text);
          if (entry === undefined) return REFUSED.unknown;
          remember(text, entry);
        } else {
          entry = place?.tenantId === undefined ? REFUSED.malformed : findForeign(text, place.tenantId, now);
          if (!(entry instanceof ApiKeyEntry)) return entry;
        }
      }
      const verification = judge(entry, now);
      return verification.ok ? entry.judgePlace(verification, place) : verification;
    },
    whenHeard(text) {
      if (late.isFull || recogniseCredential(text)?.kind !== 'api_key') return undefined;
      return late.wait(credentialHash(keyring, text));
    },
    looksForeign: (text, tenantId) => (foreign?.fits(tenantId, text) ?? 0) > 0,
    stats: () => ({ keys: byId.size, texts: byText.size }),
    close() {
      for (const stop of stopListening) stop();
      late.close();
    },
  };
}

function idsOf(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.map(({ tenantId, id }) => entryId(tenantId, id)));
}

/** No id holds a space. */
function entryId(tenantId: string, id: string): string {
  return `${tenantId} ${id}`;
}

function readKeys(tx: Tx, changes: readonly Change[]): Promise<HeldKeyRow[]> {
  const select = tx.withTables<ApikeysTables>().selectFrom('api_keys').select(HELD_COLUMNS);
  const places = changes.map(({ tenantId, id }) => ({ tenantId, id }));
  return select
    .where((by) =>
      by(
        by.refTuple('tenant_id', 'id'),
        'in',
        places.map(({ tenantId, id }) => by.tuple(tenantId, id)),
      ),
    )
    .execute();
}
