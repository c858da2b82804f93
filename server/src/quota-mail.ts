import { getApiKey } from '#apikeys';
import { GatehouseError } from '#base';
import { findUser } from '#directory';
import type { QuotaReached } from '#limits';
import type { Foundation } from './foundation.ts';

/**
 * Tells whoever a quota is for that most of it, or all, is used: the contact of the key, else the person it acts for; a
 * person. Nobody is told of what is counted by address, route or organization: the audit log has it.
 */
export function quotaMail({ store, mailer }: Pick<Foundation, 'store' | 'mailer'>) {
  return async ({ tenantId, subject, percent, used, requests, period }: QuotaReached): Promise<void> => {
    const whom = await whomToTell(store, tenantId, subject);
    if (whom === undefined) return;
    const values = {
      what: whom.what,
      percent: String(percent),
      used: String(used),
      requests: String(requests),
      period,
    };
    await store.transaction({ tenantId }, (tx) =>
      mailer.queue(tx, { tenantId, to: whom.to, name: '', template: 'quota_reached', values }),
    );
  };
}

async function whomToTell(
  store: Foundation['store'],
  tenantId: string,
  subject: string,
): Promise<{ to: string; what: string } | undefined> {
  // A token counts as its subject and client together.
  const [id = ''] = subject.split(' ', 1);
  if (id.startsWith('usr_')) {
    const email = await mailAddressOf(store, tenantId, id);
    return email === undefined ? undefined : { to: email, what: email };
  }
  const key = id.startsWith('key_') ? await keyOf(store, tenantId, id) : undefined;
  if (key === undefined) return undefined;
  const owner = key.owner?.type === 'user' ? await mailAddressOf(store, tenantId, key.owner.id) : undefined;
  const to = key.contactEmail ?? owner;
  return to === undefined ? undefined : { to, what: `${key.name} (${key.displayPrefix}…${key.last4})` };
}

async function keyOf(store: Foundation['store'], tenantId: string, id: string) {
  return getApiKey({ store }, { tenantId, id }).catch((error: unknown) => {
    // Deleted meanwhile.
    if (error instanceof GatehouseError && error.code === 'api_key_not_found') return undefined;
    throw error;
  });
}

async function mailAddressOf(store: Foundation['store'], tenantId: string, userId: string) {
  const found = await store.transaction({ tenantId }, (tx) => findUser(tx, { tenantId, id: userId }), {
    readOnly: true,
  });
  return found?.email;
}
