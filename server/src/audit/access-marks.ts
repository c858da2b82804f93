/**
 * What batches are looked up by: a mark says that a principal, a credential or a route occurs in a batch, or an outcome.
 * 32 bits that depend on the tenant too. That two things share a mark costs reading a batch in vain, nothing else.
 */
export type SearchableField = 'principalId' | 'credentialId' | 'route';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 code units, as PostgreSQL's `integer` takes it. */
export function hashText(seed: number, text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash | 0;
}

/** One for each field, to go on hashing from. */
export function markSeeds(tenantId: string): Record<SearchableField | 'allowed', number> {
  const tenant = hashText(FNV_OFFSET, tenantId);
  return {
    principalId: hashText(tenant, ' principal '),
    credentialId: hashText(tenant, ' credential '),
    route: hashText(tenant, ' route '),
    allowed: hashText(tenant, ' allowed '),
  };
}
