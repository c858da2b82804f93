import type { IdSource } from '#base';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import type { Store, Tx } from '#store';
import type { Client } from '../clients/client-directory.ts';
import { oauthErrors } from '../errors.ts';
import type { Params } from '../protocol/read-params.ts';
import type { OAuthTables } from '../tables.ts';

/** Pushed authorization requests (RFC 9126): stored sealed, named by a text that nobody can guess, good once. */

export interface PushedRequestDeps extends IdSource {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
}

/** RFC 9126 §2.2 suggests 5 to 600 seconds: a client sends the browser on at once. */
export const PUSHED_LIFETIME_SECONDS = 60;
/** Once a browser has come with it, the person has time to sign in: as long as the proof of that (sign-in-proof.ts). */
const CLAIMED_MILLISECONDS = 30 * 60_000;
export const REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:';

/** What was pushed, after every check that needs no person. */
export interface PushedRequest {
  params: Params;
  dpopJkt?: string | undefined;
}

const placeOf = (hash: string) => ({ table: 'pushed_requests', column: 'request', row: hash });

/** @returns the `request_uri`. */
export async function storePushedRequest(
  deps: PushedRequestDeps,
  client: Client,
  pushed: PushedRequest,
): Promise<string> {
  const reference = mintCredential('pushed_request', deps.random);
  const hash = credentialHash(deps.keyring, reference);
  await deps.store.transaction({ tenantId: client.tenantId }, (tx) =>
    tx
      .withTables<OAuthTables>()
      .insertInto('pushed_requests')
      .values({
        tenant_id: client.tenantId,
        hash,
        client_resource_id: client.resourceId,
        request: deps.keyring.seal(JSON.stringify(pushed), placeOf(hash)),
        expires_at: deps.clock.now() + PUSHED_LIFETIME_SECONDS * 1000,
      })
      .execute(),
  );
  return `${REQUEST_URI_PREFIX}${reference}`;
}

/**
 * Takes a pushed request up: one browser may, once, within a minute. Whoever comes back with it from the sign-in page
 * (`isBack`, proven by a MAC over the whole request) goes on with what was taken up.
 * @throws `request_uri_invalid`.
 */
export async function takePushedRequest(
  deps: PushedRequestDeps,
  client: Client,
  requestUri: string,
  isBack: boolean,
): Promise<PushedRequest & { hash: string }> {
  const reference = requestUri.slice(REQUEST_URI_PREFIX.length);
  if (recogniseCredential(reference)?.kind !== 'pushed_request') throw oauthErrors.request_uri_invalid();
  const hash = credentialHash(deps.keyring, reference);
  const row = await deps.store.transaction({ tenantId: client.tenantId }, (tx) =>
    isBack ? findClaimed(tx, deps, client, hash) : claim(tx, deps, client, hash),
  );
  if (row === undefined) throw oauthErrors.request_uri_invalid();
  const pushed: PushedRequest = JSON.parse(deps.keyring.open(row.request, placeOf(hash)).toString('utf8'));
  return { ...pushed, hash };
}

/** One statement decides which browser takes it up. */
function claim(tx: Tx, { clock }: IdSource, client: Client, hash: string) {
  const now = clock.now();
  return tx
    .withTables<OAuthTables>()
    .updateTable('pushed_requests')
    .set({ claimed_at: now, expires_at: now + CLAIMED_MILLISECONDS })
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', hash)
    .where('client_resource_id', '=', client.resourceId)
    .where('claimed_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('request')
    .executeTakeFirst();
}

function findClaimed(tx: Tx, { clock }: IdSource, client: Client, hash: string) {
  return tx
    .withTables<OAuthTables>()
    .selectFrom('pushed_requests')
    .select('request')
    .where('tenant_id', '=', client.tenantId)
    .where('hash', '=', hash)
    .where('client_resource_id', '=', client.resourceId)
    .where('claimed_at', 'is not', null)
    .where('finished_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirst();
}

/** With the code that is issued for it: of two, however they came about, one. @throws `request_uri_invalid`. */
export async function finishPushedRequest(tx: Tx, { clock }: IdSource, tenantId: string, hash: string): Promise<void> {
  const finished = await tx
    .withTables<OAuthTables>()
    .updateTable('pushed_requests')
    .set({ finished_at: clock.now() })
    .where('tenant_id', '=', tenantId)
    .where('hash', '=', hash)
    .where('finished_at', 'is', null)
    .returning('hash')
    .executeTakeFirst();
  if (finished === undefined) throw oauthErrors.request_uri_invalid();
}
