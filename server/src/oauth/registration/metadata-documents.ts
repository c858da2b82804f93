import { createHash } from 'node:crypto';
import { type AttemptBudget, type Clock, GatehouseError, type Logger, networkOf, type SafeFetch } from '#base';
import type { ResourceSnapshot } from '#resources';
import type { ClientDirectory } from '../clients/client-directory.ts';
import type { ClientSpec } from '../clients/client-schema.ts';
import { oauthErrors } from '../errors.ts';
import { RecentCache } from '../tokens/recent-cache.ts';
import { readMetadata } from './read-metadata.ts';
import { isAllowedHost, type RegistrationPolicySpec } from './registration-policy.ts';
import { type StoreClientDeps, storeClient } from './store-client.ts';

export interface MetadataDocumentDeps extends StoreClientDeps {
  fetch: SafeFetch;
  clients: ClientDirectory;
  registrationPolicies: Pick<ResourceSnapshot<RegistrationPolicySpec>, 'all'>;
  /** Of fetches that strangers may cause. */
  documentFetches: AttemptBudget;
  clock: Clock;
  log: Logger;
}

export interface MetadataDocuments {
  /** Sees to it that a client whose id is an address is known. Returns at once for any other id. */
  ensure(tenantId: string, clientId: string, ip: string): Promise<void>;
}

/** The draft's §6.6 suggests 5 KB. */
const BODY_BYTES_MAX = 5 * 1024;
const TIMEOUT_MILLISECONDS = 5_000;
/** What a client changes about itself counts after so long. */
const FRESH_MILLISECONDS = 60 * 60_000;
const FAILED_MILLISECONDS = 60_000;
const DOCUMENTS_MAX = 5_000;

/** `https://host[:port]/path`, without user, query, fragment, or dot segments (draft §3). */
const DOCUMENT_ADDRESS = /^https:\/\/[a-z0-9.-]+(:[0-9]{1,5})?\/[A-Za-z0-9._~!$&'()*+,;=:@%/-]+$/;

export const isDocumentAddress = (clientId: string): boolean =>
  DOCUMENT_ADDRESS.test(clientId) && clientId.length <= 512 && URL.parse(clientId)?.href === clientId;

/** Client ID metadata documents (draft-ietf-oauth-client-id-metadata-document): the address of a client is its id. */
export function createMetadataDocuments(deps: MetadataDocumentDeps): MetadataDocuments {
  const read = new RecentCache<{ done: Promise<void>; until: number }>(DOCUMENTS_MAX);

  return {
    ensure(tenantId, clientId, ip) {
      const policy = isDocumentAddress(clientId) ? policyFor(deps, tenantId, clientId) : undefined;
      if (policy === undefined) return Promise.resolve();
      const key = `${tenantId} ${clientId}`;
      const known = read.get(key);
      const now = deps.clock.now();
      if (known !== undefined && now < known.until) return known.done;
      const network = networkOf(ip);
      const retryAfterSeconds = deps.documentFetches.retryAfterSeconds(network);
      if (retryAfterSeconds !== undefined) throw oauthErrors.too_many_failures({ details: { retryAfterSeconds } });
      deps.documentFetches.spend(network);
      const entry = { done: refresh(deps, policy, { tenantId, clientId }), until: now + FRESH_MILLISECONDS };
      read.set(key, entry);
      entry.done.catch(() => {
        entry.until = deps.clock.now() + FAILED_MILLISECONDS;
      });
      return entry.done;
    },
  };
}

function policyFor({ registrationPolicies }: MetadataDocumentDeps, tenantId: string, clientId: string) {
  const { hostname } = new URL(clientId);
  return registrationPolicies
    .all(tenantId)
    .find(({ spec }) => spec.metadataDocuments && isAllowedHost(spec.documentHosts, hostname))?.spec;
}

interface Wanted {
  tenantId: string;
  clientId: string;
}

async function refresh(deps: MetadataDocumentDeps, policy: RegistrationPolicySpec, wanted: Wanted): Promise<void> {
  const { tenantId, clientId } = wanted;
  const described = await fetchDocument(deps, policy, clientId);
  const before = deps.clients.client(tenantId, clientId);
  // Only a new one is put on the policy's plan: what it is on later is the operator's word, and no document's.
  const plan = before === undefined ? policy.plan : before.spec.plan;
  const spec = { ...described, metadataDocument: clientId, plan };
  if (before !== undefined && JSON.stringify(before.spec) === JSON.stringify(spec)) return;
  // The id is an address, and no address is a name: a hash of it is.
  const name = `cimd-${createHash('sha256').update(clientId).digest('hex').slice(0, 40)}`;
  await storeClient(deps, { tenantId, name, spec, isNew: before === undefined }).catch((error: unknown) => {
    // Another process was quicker; its document is as good.
    if (!(error instanceof GatehouseError && error.code === 'resource_exists')) throw error;
    return deps.store.changes.caughtUp();
  });
}

async function fetchDocument(
  { fetch, log }: MetadataDocumentDeps,
  policy: RegistrationPolicySpec,
  clientId: string,
): Promise<ClientSpec> {
  try {
    const { status, headers, body, url } = await fetch(clientId, {
      headers: { accept: 'application/json' },
      timeoutMs: TIMEOUT_MILLISECONDS,
      bodyBytesMax: BODY_BYTES_MAX,
    });
    // Draft §4: it must be found at this very address, not where that leads.
    if (status !== 200 || url !== clientId) throw new TypeError(`answered ${status} from ${url}`);
    if (!/^application\/([a-z0-9.-]+\+)?json\b/i.test(headers['content-type'] ?? ''))
      throw new TypeError('is not JSON');
    const document: unknown = JSON.parse(body.toString('utf8'));
    if (typeof document !== 'object' || document === null) throw new TypeError('is no object');
    // §4.1: the document names the address it was found at, so that nobody speaks for another.
    if (!('client_id' in document) || document.client_id !== clientId) throw new TypeError('names another client_id');
    if ('client_secret' in document) throw new TypeError('holds a secret');
    return readMetadata(policy, document, false);
  } catch (err) {
    log.info({ err, clientId }, 'a client metadata document was refused');
    const reason = err instanceof GatehouseError && err.code !== 'fetch_refused' ? err.message : undefined;
    throw oauthErrors.metadata_document_refused({ cause: err, ...(reason === undefined ? {} : { message: reason }) });
  }
}
