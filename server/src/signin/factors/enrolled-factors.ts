import type { User } from '#directory';
import { fixedStatement, type Tx } from '#store';
import type { Factor } from '../policy/sign-in-policy-kind.ts';

/** What this person has set up. */
export async function enrolledFactors(
  tx: Tx,
  { tenantId, id }: Pick<User, 'tenantId' | 'id'>,
): Promise<ReadonlySet<Factor>> {
  return (await enrolledFactorsOf(tx, { tenantId, userIds: [id] })).get(id) ?? new Set();
}

/** Where each kind is kept, and of which only some rows count. `email` is kept nowhere: it is the address itself. */
const KEPT = {
  password: 'password_credentials where true',
  passkey: 'passkeys where true',
  totp: 'totp_credentials where true',
  recovery_code: 'recovery_codes where used_at is null',
} as const satisfies Record<Exclude<Factor, 'email'>, string>;

/** One row for each person and kind, and not `exists`: that might read a whole table to answer for some people. */
const has = Object.entries(KEPT).map(
  ([factor, rows]) => `(select true from ${rows} and tenant_id = $1 and user_id = asked.id limit 1) as ${factor}`,
);
const selectFactors = fixedStatement<{ id: string } & Record<keyof typeof KEPT, true | null>>(
  `select asked.id, ${has.join(', ')} from unnest($2::text[]) as asked (id)`,
);

/** The same of several people, by their ids, in one round trip. */
export async function enrolledFactorsOf(
  tx: Tx,
  { tenantId, userIds }: { tenantId: string; userIds: readonly string[] },
): Promise<ReadonlyMap<string, ReadonlySet<Factor>>> {
  const rows = await selectFactors(tx, [tenantId, userIds]);
  return new Map(
    rows.map(({ id, ...factors }) => {
      const found = Object.entries(factors) as [Factor, true | null][];
      return [id, new Set(found.filter(([, has]) => has === true).map(([factor]) => factor))];
    }),
  );
}
