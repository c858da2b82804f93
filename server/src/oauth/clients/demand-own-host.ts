import { oauthErrors } from '../errors.ts';
import type { OrganizationsPort } from '../ports.ts';
import type { Client } from './client-directory.ts';

/**
 * Where an organization's client sends people is on a domain of the organization's own, and stays there: asked with every
 * request, so that a domain that is taken back is taken back at once. The tenant says which domains those are.
 * @throws `redirect_host_foreign`
 */
export function demandOwnHost(
  { organizations }: { organizations: OrganizationsPort },
  client: Pick<Client, 'tenantId' | 'organizationId' | 'spec'>,
  redirectUri: string,
): void {
  if (client.organizationId === undefined) return;
  const { protocol, hostname } = new URL(redirectUri);
  const domains = organizations.domainsOf(client.tenantId, client.spec.organization ?? '');
  if (protocol === 'https:' && domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))) return;
  throw oauthErrors.redirect_host_foreign();
}
