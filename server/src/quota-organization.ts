import { organizationOfKey } from '#apikeys';
import type { FindOrganization } from '#limits';

/** As the gateway names who counts together, where a limit is for an organization. */
const OF_ORGANIZATION = 'of ';

/** Whose quota it is: that of a key belongs to the key's organization, so that its webhooks hear of it. */
export const organizationOfQuota: FindOrganization = async (tx, { tenantId, subject }) => {
  if (subject.startsWith(OF_ORGANIZATION)) return subject.slice(OF_ORGANIZATION.length);
  return subject.startsWith('key_') ? organizationOfKey(tx, { tenantId, id: subject }) : undefined;
};
