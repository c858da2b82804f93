import { recordEvent } from '#audit';
import { type Clock, LIMITS, type Principal, type Random } from '#base';
import { credentialHash, type Keyring, recogniseCredential } from '#keyring';
import type { Mailer } from '#mail';
import type { Store, Tx } from '#store';
import { type ApiKey, type ApiKeyRow, type ApikeysTables, toApiKey } from './api-key.ts';
import type { ForeignFormats } from './foreign/foreign-formats.ts';
import { keyPolicyOf } from './key-policy.ts';
import { noteLeakPlace } from './note-leak-place.ts';
import { setAside } from './quarantine-api-key.ts';
import { endApiKey } from './revoke-api-key.ts';

export interface ReportLeakedKeyDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  random: Random;
  mailer: Mailer;
  /** Left out: keys of our own alone are recognised. */
  foreign?: Pick<ForeignFormats, 'textsOf'>;
  /** Where to write to the person that a key acts for. */
  mailAddressOf(tx: Tx, owner: { tenantId: string; userId: string }): Promise<string | undefined>;
}

export interface LeakReport {
  /** What was found. */
  text: string;
  /** Who found it, in a word: `github`. */
  source: string;
  /** Where, if that is known. */
  url?: string | undefined;
  /** In what, where that has no address. */
  file?: string | undefined;
  /** By what the report is known when it comes again: `url`, or else `file`, unless given. With none, each one is new. */
  place?: string | undefined;
}

/**
 * `unknown`: no key of ours. `ended`: it had been revoked or had expired, and nothing was done. `aside`: it was set aside
 * before, and stays so. `released`: somebody looked at it since it was reported from there, and released it; nothing was
 * done.
 */
export type LeakOutcome = 'unknown' | 'ended' | 'aside' | 'released' | 'revoked' | 'quarantined';

/**
 * Takes a report that an API key can be read by others: it is revoked or set aside, as the policy of its tenant says, and
 * whoever it belongs to is told. A report made again changes nothing, so it may be repeated, or replayed: a key that was
 * looked at and released is set aside anew only when it is found at another place.
 * @param within only keys of this tenant (and organization) are looked at; everyone's when it is left out.
 */
export async function reportLeakedKey(
  deps: ReportLeakedKeyDeps,
  { text, source, url, file, place = url ?? file }: LeakReport,
  { actor, within }: { actor: (tenantId: string) => Principal; within?: { tenantId: string; organizationId?: string } },
): Promise<{ outcome: LeakOutcome; apiKey?: ApiKey }> {
  if (text.length > LIMITS.credentialLengthMax) return { outcome: 'unknown' };
  const isOurs = recogniseCredential(text)?.kind === 'api_key';
  // Whose key of another system it is can't be told by its text alone.
  const texts = isOurs ? [text] : within === undefined ? [] : (deps.foreign?.textsOf(within.tenantId, text) ?? []);
  if (texts.length === 0) return { outcome: 'unknown' };
  const hashes = texts.map((each) => credentialHash(deps.keyring, each));
  return deps.store.transaction(within ?? { system: true }, async (tx) => {
    const row = await tx
      .withTables<ApikeysTables>()
      .selectFrom('api_keys')
      .selectAll()
      .where('hash', 'in', hashes)
      .orderBy('revoked_at', (order) => order.desc().nullsFirst())
      .limit(1)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return { outcome: 'unknown' };
    const outcome = await respond(tx, deps, row, actor(row.tenant_id), {
      source,
      ...(url === undefined ? {} : { url }),
      ...(file === undefined ? {} : { file }),
      ...(place === undefined ? {} : { place }),
    });
    return { outcome, apiKey: toApiKey(row) };
  });
}

async function respond(
  tx: Tx,
  deps: ReportLeakedKeyDeps,
  row: ApiKeyRow,
  actor: Principal,
  { place, ...found }: { source: string; url?: string; file?: string; place?: string },
): Promise<LeakOutcome> {
  const now = deps.clock.now();
  if (row.revoked_at !== null || (row.expires_at !== null && row.expires_at <= now)) return 'ended';
  const { leaked } = await keyPolicyOf(tx, row.tenant_id);
  const noted = place && (await noteLeakPlace(tx, row, { source: found.source, place, now }));
  if (noted === 'known') return row.quarantined_at === null ? 'released' : 'aside';
  const staysAside = leaked === 'quarantine' && row.quarantined_at !== null;
  // Another place is written down all the same, for who decides about the key; and then it was known to him.
  if (staysAside && noted !== 'noted') return 'aside';
  await recordEvent(tx, deps, {
    tenantId: row.tenant_id,
    ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
    type: 'api_key.leaked',
    actor,
    target: { type: 'api_key', id: row.id, name: row.name },
    detail: { ...found, response: leaked },
  });
  if (staysAside) return 'aside';
  const reason = `leaked, reported by ${found.source}`;
  if (leaked === 'revoke') await endApiKey(tx, deps, { tenantId: row.tenant_id, actor, id: row.id, reason });
  else await setAside(tx, deps, { row, actor, reason });
  const outcome = leaked === 'revoke' ? 'revoked' : 'quarantined';
  await tellOwner(tx, deps, toApiKey(row), { ...found, outcome });
  return outcome;
}

/** The contact of the key, and else the person it acts for. A key with neither is in the audit log alone. */
async function tellOwner(
  tx: Tx,
  deps: ReportLeakedKeyDeps,
  { tenantId, owner, contactEmail, name, displayPrefix, last4 }: ApiKey,
  { source, url, file, outcome }: { source: string; url?: string; file?: string; outcome: LeakOutcome },
): Promise<void> {
  const person = owner?.type === 'user' ? await deps.mailAddressOf(tx, { tenantId, userId: owner.id }) : undefined;
  const to = contactEmail ?? person;
  if (to === undefined) return;
  const time = `${new Date(deps.clock.now()).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const values = { key: name, display: `${displayPrefix}…${last4}`, source, place: url ?? file ?? '', time };
  const template = outcome === 'revoked' ? 'leaked_key_revoked' : 'leaked_key_set_aside';
  await deps.mailer.queue(tx, { tenantId, to, name: '', template, values });
}
