import { sql } from 'kysely';
import type { Clock, Random } from '#base';
import { credentialHash, type Keyring, mintCredential, recogniseCredential } from '#keyring';
import { fixedStatement, type Tx } from '#store';
import { USER_AGENT_LENGTH_MAX } from '../describe-user-agent.ts';
import type { SigninTables } from '../tables.ts';

export interface DeviceDeps {
  keyring: Pick<Keyring, 'mac'>;
  clock: Clock;
  random: Random;
}

/**
 * When a browser was last seen changes with each sign-in, and who is asked for devices asks whose they are: with the time
 * in its index each sign-in left another entry in every index behind, and finding a browser went through all of them.
 */
export const knownDevicesMigration = {
  name: 'known devices by whose they are, whenever they were seen',
  sql: `
    drop index known_devices_of_user;
    create index known_devices_of_user on known_devices (tenant_id, user_id);
    -- Room on each page for rows that change: they stay where the indexes know them to be.
    alter table known_devices set (fillfactor = 80);
  `,
} as const;

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

/** One look for each, and not `any`: planned while there were few, that would go through all that the tenant has. */
const selectDevices = fixedStatement<{ place: number; remembered_until: number | null }>(`
  select asked.place, device.remembered_until
  from unnest($2::text[], $3::text[]) with ordinality as asked (token_hash, user_id, place),
    lateral (select remembered_until from known_devices where tenant_id = $1
      and token_hash = asked.token_hash and user_id = asked.user_id limit 1) as device`);

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
  const asked = which.flatMap(({ userId }, index) => {
    const hash = hashes[index];
    return hash === undefined ? [] : [{ userId, hash, index }];
  });
  if (asked.length === 0) return which.map(() => undefined);
  const rows = await selectDevices(tx, [tenantId, asked.map(({ hash }) => hash), asked.map(({ userId }) => userId)]);
  const found = which.map((): KnownDevice | undefined => undefined);
  for (const { place, remembered_until } of rows) {
    const index = asked[place - 1]?.index;
    if (index !== undefined) found[index] = { rememberedUntil: remembered_until ?? 0 };
  }
  return found;
}

/** Where somebody signed in, and what is known of it. */
export interface SeenDevice extends Omit<Which, 'tenantId'> {
  userAgent: string;
  rememberMs: number;
  known: boolean;
}

const updateDevices = fixedStatement(`
  update known_devices as device set user_agent = seen.user_agent, last_seen_at = $2::bigint,
    remembered_until = coalesce(seen.remembered_until, device.remembered_until)
  from unnest($3::text[], $4::text[], $5::text[], $6::bigint[])
    as seen (token_hash, user_id, user_agent, remembered_until)
  where device.tenant_id = $1 and device.token_hash = seen.token_hash and device.user_id = seen.user_id`);

/**
 * Writes down that these people signed in here: browsers that are known in one statement.
 * @returns the new cookies, in their order, where there is one.
 */
export async function rememberDevices(
  tx: Tx,
  deps: DeviceDeps,
  { tenantId, seen }: { tenantId: string; seen: readonly SeenDevice[] },
): Promise<(string | undefined)[]> {
  const now = deps.clock.now();
  const known = seen.flatMap(({ known, deviceToken, userId, userAgent, rememberMs }) =>
    known && deviceToken !== undefined
      ? [
          {
            hash: credentialHash(deps.keyring, deviceToken),
            userId,
            userAgent: userAgent.slice(0, USER_AGENT_LENGTH_MAX),
            rememberedUntil: rememberMs > 0 ? now + rememberMs : null,
          },
        ]
      : [],
  );
  const updating =
    known.length === 0
      ? undefined
      : updateDevices(tx, [
          ...[tenantId, now],
          known.map(({ hash }) => hash),
          known.map(({ userId }) => userId),
          known.map(({ userAgent }) => userAgent),
          known.map(({ rememberedUntil }) => rememberedUntil),
        ]);
  const naming = seen.map((each) => (each.known ? undefined : nameDevice(tx, deps, tenantId, each)));
  const [tokens] = await Promise.all([Promise.all(naming), updating]);
  return tokens;
}

/**
 * A browser that was not known to them gets a new name, even when it
 * brought one: someone else may have planted it, and would be taken for this device. What others did in this browser
 * moves along.
 * @returns the new cookie
 */
async function nameDevice(
  tx: Tx,
  deps: DeviceDeps,
  tenantId: string,
  { userId, userAgent, deviceToken, rememberMs }: SeenDevice,
): Promise<string> {
  const now = deps.clock.now();
  const db = tx.withTables<SigninTables>();
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
    .values({
      tenant_id: tenantId,
      token_hash,
      user_id: userId,
      user_agent: userAgent.slice(0, USER_AGENT_LENGTH_MAX),
      created_at: now,
      last_seen_at: now,
      remembered_until: rememberMs > 0 ? now + rememberMs : null,
    })
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

/** Which of these people ever signed in from anywhere? The first browser is new to nobody. */
export async function findWithDevices(
  tx: Tx,
  { tenantId, userIds }: { tenantId: string; userIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  if (userIds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${userIds}::text[]) as asked (id)
    where (select true from known_devices where tenant_id = ${tenantId} and user_id = asked.id limit 1)`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}
