import { z } from 'zod';
import type { FieldError } from '#base';
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
  const domains = organizations.domainsOf(client.tenantId, client.spec.organization ?? '');
  if (!isOnOneOf(domains, redirectUri)) throw oauthErrors.redirect_host_foreign();
}

/** What its organization is, of all that is said of it. */
const ownerSchema = z.object({ domains: z.array(z.string()).default([]) });

/** The same when the client is declared: a mistyped host is told to who wrote it, and not to the first who signs in. */
export function checkOwnHosts({ redirectUris }: { redirectUris: readonly string[] }, owner: unknown): FieldError[] {
  const { domains } = ownerSchema.parse(owner);
  const allowed = domains.length === 0 ? 'it has none' : `it has ${domains.slice(0, 5).join(', ')}`;
  const message = `is not on a domain of the organization: ${allowed}. An administrator of the tenant names them, in \`domains\` of the organization.`;
  return redirectUris.flatMap((uri, index) =>
    isOnOneOf(domains, uri) ? [] : [{ path: `redirectUris.${index}`, message }],
  );
}

function isOnOneOf(domains: readonly string[], uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'https:' && domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
}
