import { recordEvent } from '#audit';
import type { IdSource, Principal } from '#base';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import type { SigninTables } from '../tables.ts';
import { forgetRememberedDevices } from './known-devices.ts';

/** A browser that stands in for the second factor. */
export interface RememberedDevice {
  userAgent: string;
  lastSeenAt: number;
  rememberedUntil: number;
}

/** Each that is named at a sign-in is another row; more are looked at by nobody. */
const DEVICES_MAX = 100;

interface Whose {
  tenantId: string;
  userId: string;
}

/** Those that are not asked for the second factor now, the last used first. */
export async function listRememberedDevices(
  tx: Tx,
  { tenantId, userId, now }: Whose & { now: number },
): Promise<RememberedDevice[]> {
  const rows = await tx
    .withTables<SigninTables>()
    .selectFrom('known_devices')
    .select(['user_agent', 'last_seen_at', 'remembered_until'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('remembered_until', '>', now)
    .orderBy('last_seen_at', 'desc')
    .limit(DEVICES_MAX)
    .execute();
  return rows.map(({ user_agent: userAgent, last_seen_at: lastSeenAt, remembered_until: until }) => ({
    userAgent,
    lastSeenAt,
    rememberedUntil: until ?? 0,
  }));
}

/** From now on each browser is asked for the second factor again; where somebody is signed in, they stay so. */
export async function forgetOwnDevices(tx: Tx, deps: IdSource, input: Whose & { actor: Principal }): Promise<void> {
  const { tenantId, userId, actor } = input;
  await forgetRememberedDevices(tx, input);
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.devices_forgotten' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id: userId },
  });
}
