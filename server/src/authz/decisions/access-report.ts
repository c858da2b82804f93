import { PRINCIPAL_ENTITY_TYPES } from '../decision-environment.ts';
import { vocabularyOf } from '../policies/vocabulary.ts';
import type { AskedEntity } from './asked-decision.ts';
import { type SearchDeps, type SearchResult, searchResources, searchSubjects } from './search.ts';

/** Everything that somebody reaches, or everybody who reaches something: one row for each action and type. */
export interface AccessReport {
  rows: readonly AccessRow[];
  /** False when the time was over before every action had been looked at. */
  finished: boolean;
}

export interface AccessRow {
  action: string;
  /** Type of what is reached, or of who reaches it. */
  type: string;
  ids: readonly string[];
  /** False when there are more than these, or may be. */
  complete: boolean;
  reason?: string;
}

export interface AccessReportInput {
  tenantId: string;
  /** Names of each row, at most. */
  limit: number;
}

/** For the whole report; what takes longer is to be searched for one by one. */
const TIME_MAX = 3_000;

/** What does the subject reach, by any policy? Of the actions and types that policies and relationships name. */
export function reportReach(
  deps: SearchDeps,
  { tenantId, subject, limit }: AccessReportInput & { subject: AskedEntity },
): Promise<AccessReport> {
  const { actions, types } = namesOf(deps, tenantId);
  const pairs = actions.flatMap((action) => types.map((type) => ({ action, type })));
  return report(deps, pairs, ({ action, type }) =>
    searchResources(deps, { tenantId, subject, action: { name: action }, resource: { type }, page: { limit } }),
  );
}

/** Who reaches the resource, by any policy? */
export function reportReached(
  deps: SearchDeps,
  { tenantId, resource, subjectTypes, limit }: AccessReportInput & { resource: AskedEntity; subjectTypes: string[] },
): Promise<AccessReport> {
  const { actions } = namesOf(deps, tenantId);
  const pairs = actions.flatMap((action) => subjectTypes.map((type) => ({ action, type })));
  return report(deps, pairs, ({ action, type }) =>
    searchSubjects(deps, { tenantId, subject: { type }, action: { name: action }, resource, page: { limit } }),
  );
}

type Pair = Pick<AccessRow, 'action' | 'type'>;

async function report(
  { clock }: SearchDeps,
  pairs: readonly Pair[],
  search: (pair: Pair) => Promise<SearchResult<{ id: string }>>,
): Promise<AccessReport> {
  const endsAt = clock.now() + TIME_MAX;
  const rows: AccessRow[] = [];
  for (const pair of pairs) {
    if (clock.now() > endsAt) return { rows, finished: false };
    const { results, nextToken, complete, reason } = await search(pair);
    if (results.length === 0 && nextToken === '') continue;
    const whole = complete && nextToken === '';
    const why = nextToken === '' ? reason : 'there are more than are shown';
    const ids = results.map(({ id }) => id);
    rows.push({ ...pair, ids, complete: whole, ...(whole || why === undefined ? {} : { reason: why }) });
  }
  return { rows, finished: true };
}

/** What stands for a caller, or for what he belongs to, is not among what is reached. */
const NO_RESOURCES = new Set<string>([...Object.values(PRINCIPAL_ENTITY_TYPES), 'Role', 'Group', 'Organization']);

function namesOf({ authorizer, facts }: SearchDeps, tenantId: string): { actions: string[]; types: string[] } {
  const { actions, entityTypes } = vocabularyOf(authorizer.policies(tenantId), facts.places(tenantId), undefined);
  const types = entityTypes.map(({ name }) => name).filter((name) => !NO_RESOURCES.has(name));
  return { actions: actions.map(({ name }) => name), types };
}
