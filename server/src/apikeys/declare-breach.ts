import { recordEvent } from '#audit';
import type { Principal } from '#base';
import { credentialHash, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import type { ApiKey, ApiKeyRow, ApikeysTables } from './api-key.ts';
import { apikeysErrors } from './errors.ts';
import type { ForeignFormats } from './foreign/foreign-formats.ts';
import { type IssueApiKeyDeps, insertApiKey, newApiKeyRow } from './issue-api-key.ts';
import { endApiKey } from './revoke-api-key.ts';
import { successorChoices } from './rotate-api-key.ts';

export interface DeclareBreachDeps extends IssueApiKeyDeps {
  /** Left out: keys of our own alone are told by their text. */
  foreign?: Pick<ForeignFormats, 'textsOf'>;
}

export interface DeclareBreachInput {
  tenantId: string;
  organizationId?: string;
  actor: Principal;
  /** The key itself, or its id. */
  credential: string;
  reason: string;
  /** Issue a key that may do the same. */
  replace: boolean;
}

export interface DeclaredBreach {
  apiKey: ApiKey;
  /** With the key itself, for the answer alone. */
  replacement?: { key: string; apiKey: ApiKey };
}

/**
 * Ends a key that somebody else has, together with whatever was exchanged for it, and issues another in its place: all of
 * it or nothing. A key that had ended before stays so, and can still be replaced, once: one that has a successor gets no
 * other, but ends like any.
 * @throws `api_key_not_found`, and what issuing throws.
 */
export async function declareBreach(deps: DeclareBreachDeps, input: DeclareBreachInput): Promise<DeclaredBreach> {
  const { tenantId, organizationId, actor, reason, replace } = input;
  const scope = organizationId === undefined ? { tenantId } : { tenantId, organizationId };
  return deps.store.transaction(scope, async (tx) => {
    const row = await findKey(tx, deps, input);
    await recordEvent(tx, deps, {
      tenantId,
      ...(row.organization_id === null ? {} : { organizationId: row.organization_id }),
      type: 'api_key.breached',
      actor,
      target: { type: 'api_key', id: row.id, name: row.name },
      detail: { reason, replace },
    });
    const apiKey = await endApiKey(tx, deps, { tenantId, actor, id: row.id, reason });
    if (!replace || row.replaced_by !== null) return { apiKey };
    const issued = newApiKeyRow(deps, await successorChoices(tx, row, deps.clock.now()));
    const replacement = await insertApiKey(tx, deps, { ...issued, actor });
    await tx
      .withTables<ApikeysTables>()
      .updateTable('api_keys')
      .set({ replaced_by: issued.row.id })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', row.id)
      .execute();
    return { apiKey: { ...apiKey, replacedBy: issued.row.id }, replacement };
  });
}

async function findKey(
  tx: Tx,
  { keyring, foreign }: DeclareBreachDeps,
  { tenantId, credential }: DeclareBreachInput,
): Promise<ApiKeyRow> {
  const isOurs = recogniseCredential(credential)?.kind === 'api_key';
  const texts = isOurs ? [credential] : (foreign?.textsOf(tenantId, credential) ?? []);
  const hashes = texts.map((text) => credentialHash(keyring, text));
  const row = await tx
    .withTables<ApikeysTables>()
    .selectFrom('api_keys')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((by) => (hashes.length === 0 ? by('id', '=', credential) : by('hash', 'in', hashes)))
    // Imported under two formats it is two: the one that is left is to end.
    .orderBy('revoked_at', (order) => order.desc().nullsFirst())
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw apikeysErrors.api_key_not_found();
  return row;
}

/** What to tell those concerned, for a person to complete: what is known, and what is not. */
export function draftNotice({
  apiKey,
  touched,
  changed,
  now,
}: {
  apiKey: Pick<ApiKey, 'name' | 'displayPrefix' | 'last4' | 'revokedAt'>;
  touched:
    | {
        calls: number;
        allowed: number;
        firstAt: number | undefined;
        lastAt: number | undefined;
        routes: readonly { of: string; allowed: number }[];
        addresses: readonly { of: string }[];
        complete: boolean;
        tokens: number;
      }
    | undefined;
  /** What was done in this house with it. */
  changed: { counts: readonly { type: string; count: number }[]; complete: boolean } | undefined;
  now: number;
}): string {
  const time = (at: number | undefined) => (at === undefined ? 'never' : new Date(at).toISOString());
  const used = touched?.routes.filter(({ allowed }) => allowed > 0).map(({ of }) => of || '(no route)') ?? [];
  return [
    `On ${time(now)} we learned that the API key "${apiKey.name}" (${apiKey.displayPrefix}…${apiKey.last4}) was in the hands of others.`,
    `It was revoked on ${time(apiKey.revokedAt)} and has been refused since.`,
    touched === undefined
      ? '[What it was used for: look into the access records.]'
      : touched.calls === 0
        ? 'Our records show no call with it.'
        : `Our records show ${touched.calls} calls with it between ${time(touched.firstAt)} and ${time(touched.lastAt)}, of which ${touched.allowed} were allowed, from ${touched.addresses.length} addresses.`,
    ...(used.length === 0 ? [] : [`It was used at: ${used.join(', ')}.`]),
    ...(touched === undefined || touched.tokens === 0
      ? []
      : [`Among them are calls with ${touched.tokens} tokens that it was exchanged for, which ended with it.`]),
    ...(changed === undefined
      ? ['[What was changed with it in Gatehouse itself: look into the audit log.]']
      : changed.counts.length === 0
        ? []
        : [
            `With it was changed in Gatehouse itself: ${changed.counts.map(({ type, count }) => `${type} (${count})`).join(', ')}.`,
            '[Look at each: keys, secrets and people that were made with it go on until they are ended.]',
          ]),
    ...(touched?.complete !== false && changed?.complete !== false
      ? []
      : ['There are more records than these figures cover.']),
    ...(touched?.calls === 0
      ? []
      : ['Calls by the rightful holder are among them: tell them apart by address and time.']),
    '[What was exposed, what those concerned should do, and whom to ask.]',
  ].join('\n');
}
