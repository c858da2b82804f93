import { recordEvent } from '#audit';
import type { Principal } from '#base';
import { type CredentialKind, credentialHash, describeCredential, recogniseCredential } from '#keyring';
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
 * @throws `api_key_not_found`, `breach_of_other_credential`, and what issuing throws.
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
  const kind = recogniseCredential(credential)?.kind;
  const isOurs = kind === 'api_key';
  // Else whoever pastes another secret that leaked would read that there is no such key, and take it for harmless.
  if (kind !== undefined && !isOurs)
    throw apikeysErrors.breach_of_other_credential({ message: otherwise(kind, credential) });
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

function otherwise(kind: CredentialKind, text: string): string {
  const { last4 } = describeCredential(text);
  const what = `Nothing was ended: this is no API key, but ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind.replaceAll('_', ' ')}`;
  return kind === 'client_secret'
    ? `${what}. End it with its tokens by gatehouse clients secrets revoke <client> <id> --end-tokens; its hint is ${last4} (gatehouse clients secrets list <client>).`
    : `${what} (…${last4}). End it where it comes from: the session, grant or link that it belongs to.`;
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
  const used = touched?.routes.filter(({ allowed }) => allowed > 0).map(({ of }) => of || 'Gatehouse itself') ?? [];
  return [
    `On ${time(now)} we learned that the API key "${apiKey.name}" (${apiKey.displayPrefix}…${apiKey.last4}) was in the hands of others.`,
    `It was revoked on ${time(apiKey.revokedAt)} and has been refused since.`,
    touched === undefined
      ? '[What it was used for: look into the access records.]'
      : touched.calls === 0
        ? 'Our records show no call with it.'
        : `Our records show ${counted(touched.calls, 'call')} with it between ${time(touched.firstAt)} and ${time(touched.lastAt)}, ${touched.allowed} of them allowed, from ${counted(touched.addresses.length, 'address', 'addresses')}.`,
    ...(used.length === 0 ? [] : [`It was used at: ${used.join(', ')}.`]),
    ...(touched === undefined || touched.tokens === 0
      ? []
      : [
          `Among them are calls with ${counted(touched.tokens, 'token')} that it was exchanged for, which ended with it.`,
        ]),
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

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
