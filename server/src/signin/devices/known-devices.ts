import { sql } from 'kysely';
import type { Clock, Random } from '#base';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import type { Tx } from '#store';
import { USER_AGENT_LENGTH_MAX } from '../describe-user-agent.ts';
import type { SigninTables } from '../tables.ts';

export interface DeviceDeps {
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  random: Random;
}

interface Which {
  tenantId: string;
  userId: string;
  /** The cookie, as the browser sent it. */
  deviceToken: string | undefined;
}

export interface KnownDevice {
  /** Stands in for the second factor until then; 0 when it never did. */
  rememberedUntil: number;
}

/** Has this person signed in from this browser before? */
export async function findKnownDevice(
  tx: Tx,
  deps: DeviceDeps,
  { tenantId, userId, deviceToken }: Which,
): Promise<KnownDevice | undefined> {
  const [device] = await findKnownDevices(tx, deps, { tenantId, which: [{ userId, deviceToken }] });
  return device;
}

/** The same for several at once, in their order; one look, or none where no browser brought a cookie. */
export async function findKnownDevices(
  tx: Tx,
  deps: DeviceDeps,
  { tenantId, which }: { tenantId: string; which: readonly Omit<Which, 'tenantId'>[] },
): Promise<(KnownDevice | undefined)[]> {
  const hashes = which.map(({ deviceToken }) =>
    deviceToken !== undefined && recogniseCredential(deviceToken)?.kind === 'device'
      ? credentialHash(deps.keyring, deviceToken)
      : undefined,
  );
  const asked = hashes.filter((hash) => hash !== undefined);
  if (asked.length === 0) return which.map(() => undefined);
  const rows = await tx
    .withTables<SigninTables>()
    .selectFrom('known_devices')
    .select(['token_hash', 'user_id', 'remembered_until'])
    .where('tenant_id', '=', tenantId)
    .where('token_hash', '=', sql<string>`any(${asked}::text[])`)
    .execute();
  return which.map(({ userId }, index) => {
    const row = rows.find((each) => each.user_id === userId && each.token_hash === hashes[index]);
    return row === undefined ? undefined : { rememberedUntil: row.remembered_until ?? 0 };
  });
}

/**
 * Writes down that this person signed in here. A browser that was not known to them gets a new name, even when it
 * brought one: someone else may have planted it, and would be taken for this device. What others did in this browser
 * moves along.
 * @returns the new cookie, when there is one.
 */
export async function rememberDevice(
  tx: Tx,
  deps: DeviceDeps,
  input: Which & { userAgent: string; rememberMs: number; known: boolean },
): Promise<string | undefined> {
  const { tenantId, userId, deviceToken, rememberMs, known } = input;
  const now = deps.clock.now();
  const db = tx.withTables<SigninTables>();
  const seen = {
    user_agent: input.userAgent.slice(0, USER_AGENT_LENGTH_MAX),
    last_seen_at: now,
    ...(rememberMs > 0 ? { remembered_until: now + rememberMs } : {}),
  };
  if (known && deviceToken !== undefined) {
    await db
      .updateTable('known_devices')
      .set(seen)
      .where('tenant_id', '=', tenantId)
      .where('token_hash', '=', credentialHash(deps.keyring, deviceToken))
      .where('user_id', '=', userId)
      .execute();
    return undefined;
  }
  const token = mintCredential('device', deps.random);
  const token_hash = credentialHash(deps.keyring, token);
  if (deviceToken !== undefined) {
    await db
      .updateTable('known_devices')
      .set({ token_hash })
      .where('tenant_id', '=', tenantId)
      .where('token_hash', '=', credentialHash(deps.keyring, deviceToken))
      .execute();
  }
  await db
    .insertInto('known_devices')
    .values({ tenant_id: tenantId, token_hash, user_id: userId, created_at: now, remembered_until: null, ...seen })
    .execute();
  return token;
}

/** No device of this person stands in for the second factor any more: a factor was changed, or a password. */
export async function forgetRememberedDevices(
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<void> {
  await tx
    .withTables<SigninTables>()
    .updateTable('known_devices')
    .set({ remembered_until: null })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute();
}

/** Has this person ever signed in from anywhere? The first browser is new to nobody. */
export async function hasKnownDevices(
  tx: Tx,
  { tenantId, userId }: { tenantId: string; userId: string },
): Promise<boolean> {
  const row = await tx
    .withTables<SigninTables>()
    .selectFrom('known_devices')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
