import type { Authorizer } from '../authorizer.ts';
import { type AskedDecision, toDecisionRequest } from '../decisions/asked-decision.ts';
import type { KnownPrincipal } from '../decisions/principal-directory.ts';
import { decisionsErrors } from '../errors.ts';
import type { Facts } from '../facts/open-facts.ts';
import { compileFilter } from './compile-filter.ts';
import { type Condition, NEVER } from './condition.ts';
import { fieldsOf, type TableSpec } from './fields.ts';
import { NoPrismaForm, type PrismaWhere, toPrisma } from './render-prisma.ts';
import { type SqlFilter, toSql, toSqlLiteral } from './render-sql.ts';

export const FILTER_FORMATS = ['sql', 'rls', 'prisma', 'conditions'] as const;
export type FilterFormat = (typeof FILTER_FORMATS)[number];

export interface FilterInput extends Pick<AskedDecision, 'subject' | 'action' | 'context'> {
  tenantId: string;
  known: KnownPrincipal | undefined;
  now: number;
  table: TableSpec;
  format: FilterFormat;
  firstParameter?: number | undefined;
}

export interface RenderedFilter {
  /** Nothing to look for, everything to be had, or only some. */
  scope: 'none' | 'all' | 'some';
  policyVersion: number;
  sql?: SqlFilter;
  /** The predicate of a policy of row-level security, for this subject. */
  rls?: string;
  prisma?: PrismaWhere;
  conditions: Condition;
  /** Which policies let some through, or keep some back. */
  policies: readonly string[];
}

/**
 * Which resources of a table may the subject do this to? Holds until policies, relationships or roles change: ask anew
 * for each list.
 * @throws `filter_not_compilable`, `subject_type_invalid`
 */
export function filterResources(
  { authorizer, facts }: { authorizer: Pick<Authorizer, 'policies'>; facts: Pick<Facts, 'of' | 'places'> },
  { tenantId, known, now, table, format, firstParameter = 1, ...asked }: FilterInput,
): RenderedFilter {
  const resource = { type: table.resourceType, id: '-' };
  const request = toDecisionRequest({ ...asked, resource }, { tenantId, known, now });
  const set = authorizer.policies(tenantId);
  const fields = fieldsOf(table);
  const result = compileFilter(set, {
    request,
    resourceType: table.resourceType,
    fields,
    facts: facts.of(tenantId),
    places: facts.places(tenantId),
  });
  if (!result.ok) {
    const [first] = result.problems;
    throw decisionsErrors.filter_not_compilable({
      message: `The policies have no form as a filter on these columns: ${first?.policy}: ${first?.reason}. Check row by row instead, or change the policy.`,
      details: { problems: result.problems.slice(0, PROBLEMS_MAX) },
    });
  }
  const { permits, forbids } = result.filter;
  const conditions = known?.active === false ? NEVER : result.filter.condition;
  const columns = { fields, table: table.table, firstParameter };
  return {
    scope: conditions.op === 'never' ? 'none' : conditions.op === 'always' ? 'all' : 'some',
    policyVersion: set.version,
    conditions,
    policies: [...permits, ...forbids].map(({ policy }) => policy),
    ...(format === 'sql' ? { sql: toSql(conditions, columns) } : {}),
    ...(format === 'rls' ? { rls: toSqlLiteral(conditions, columns) } : {}),
    ...(format === 'prisma' ? { prisma: prismaOf(conditions, fields) } : {}),
  };
}

const PROBLEMS_MAX = 20;

function prismaOf(conditions: Condition, fields: ReturnType<typeof fieldsOf>): PrismaWhere {
  try {
    return toPrisma(conditions, fields);
  } catch (cause) {
    if (cause instanceof NoPrismaForm) throw decisionsErrors.filter_not_compilable({ message: `${cause.reason}.` });
    throw cause;
  }
}
