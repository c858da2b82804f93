import { sql } from 'kysely';
import type { Store } from '#store';
import { policiesErrors } from '../errors.ts';
import type { PolicySpec } from '../policy-kind.ts';

/** All policies of a tenant, as they stood after a change. */
export interface PolicyVersion {
  number: number;
  /** Milliseconds. */
  at: number;
  author: { type: string; id: string };
  message: string;
  policies: readonly { name: string; spec: PolicySpec }[];
}

type Deps = { store: Pick<Store, 'transaction'> };

const COLUMNS = sql`number, at, author, message, policies`;

/** The newest first. */
export async function listPolicyVersions(
  { store }: Deps,
  { tenantId, before = 2 ** 31 - 1, limit }: { tenantId: string; before?: number | undefined; limit: number },
): Promise<PolicyVersion[]> {
  const statement = sql<PolicyVersion>`
    select ${COLUMNS} from policy_versions where tenant_id = ${tenantId} and number < ${before}
    order by number desc limit ${limit}`;
  const { rows } = await store.transaction({ tenantId }, (tx) => statement.execute(tx), { readOnly: true });
  return rows.map(toVersion);
}

/** @throws `policy_version_not_found` */
export async function getPolicyVersion(
  { store }: Deps,
  { tenantId, number }: { tenantId: string; number: number },
): Promise<PolicyVersion> {
  const statement = sql<PolicyVersion>`
    select ${COLUMNS} from policy_versions where tenant_id = ${tenantId} and number = ${number}`;
  const { rows } = await store.transaction({ tenantId }, (tx) => statement.execute(tx), { readOnly: true });
  const [row] = rows;
  if (row === undefined) throw policiesErrors.policy_version_not_found();
  return toVersion(row);
}

function toVersion({ at, ...row }: PolicyVersion): PolicyVersion {
  return { ...row, at: Number(at) };
}
