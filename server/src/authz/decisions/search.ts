import type { Clock, PrincipalType } from '#base';
import type { Authorizer } from '../authorizer.ts';
import type { Facts } from '../facts/open-facts.ts';
import { boundedIds } from '../filter/bounded-ids.ts';
import { compileFilter } from '../filter/compile-filter.ts';
import {
  type AskedDecision,
  askedOrganization,
  type Properties,
  readSubjectType,
  toDecisionRequest,
} from './asked-decision.ts';
import { relatedObjects, relatedSubjects } from './candidates.ts';
import { idsNamedIn, permitsAnyAction, relationsNamedIn } from './policy-literals.ts';
import type { KnownPrincipal, PrincipalDirectory } from './principal-directory.ts';
import { readCursor, writeCursor } from './search-cursor.ts';

export interface SearchDeps {
  clock: Clock;
  authorizer: Pick<Authorizer, 'decide' | 'policies'>;
  facts: Pick<Facts, 'of' | 'places'>;
  principals: PrincipalDirectory;
}

export interface Page {
  token?: string | undefined;
  limit?: number | undefined;
}

export interface SearchResult<T> {
  results: T[];
  /** Empty after the last page. */
  nextToken: string;
  /** False when there may be others that this house knows nothing of, or that were too many to look at. */
  complete: boolean;
  /** Why not. */
  reason?: string;
}

type Typed = { type: string; properties?: Properties | undefined };
type Circumstances = Pick<AskedDecision, 'context'> & { tenantId: string; page?: Page | undefined };

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;
/** Decisions that one page may take; what is left is for the next. About 10 ms. */
const DECISIONS_MAX = 2_000;
/** Milliseconds for the decisions of one page: with dear policies and a large context there are fewer. */
const PAGE_TIME_MAX = 250;
const DIRECTORY_PAGE = 100;

/** Who of a type may do this to the resource? Looked for among whom the directory, the policies and the relationships name. */
export async function searchSubjects(
  deps: SearchDeps,
  input: Circumstances & { subject: Typed; action: AskedDecision['action']; resource: AskedDecision['resource'] },
): Promise<SearchResult<{ type: string; id: string }>> {
  const { tenantId, subject, action, resource, context } = input;
  const { kind, entityType } = readSubjectType(subject.type);
  const { compiled } = deps.authorizer.policies(tenantId);
  const related = relatedSubjects(
    deps.facts.places(tenantId),
    entityType,
    relationsNamedIn(compiled.policies),
    resource,
  );
  const named = [...idsNamedIn(compiled.policies, entityType).union(related.ids)].sort();
  const place = { tenantId, organizationId: askedOrganization(subject) };
  const candidates = mergeDirectory(deps.principals, place, kind, named);
  const allowed = (id: string, known: KnownPrincipal | undefined) => {
    if (known?.active === false) return false;
    const asked = { subject: { ...subject, id }, action, resource, context };
    return deps.authorizer.decide(toDecisionRequest(asked, { tenantId, known, now: deps.clock.now() })).allowed;
  };
  const question = ['subjects', subject.type, subject.properties, action, resource, context];
  const found = await pageOf(deps.clock, input.page, question, candidates, allowed);
  const known = kind === 'user';
  return {
    ...found,
    results: found.results.map((id) => ({ type: subject.type, id })),
    ...completeness(related.complete && known, `not all of the type ${subject.type} are known here`),
  };
}

/** Which resources of a type may the subject do this to? Looked for among those that policies and relationships name. */
export async function searchResources(
  deps: SearchDeps,
  input: Circumstances & { subject: AskedDecision['subject']; action: AskedDecision['action']; resource: Typed },
): Promise<SearchResult<{ type: string; id: string }>> {
  const { tenantId, subject, action, resource, context } = input;
  const known = await findSubject(deps, tenantId, subject);
  const circumstances = { tenantId, known, now: deps.clock.now() };
  const request = toDecisionRequest({ subject, action, resource: { ...resource, id: '-' }, context }, circumstances);
  const set = deps.authorizer.policies(tenantId);
  const places = deps.facts.places(tenantId);
  // What the policies leave open about the resource says which ones can come into question at all.
  const partial = compileFilter(set, {
    request,
    resourceType: resource.type,
    fields: undefined,
    facts: deps.facts.of(tenantId),
    places,
  });
  const bounded = partial.ok ? boundedIds(partial.filter.condition) : undefined;
  const all =
    bounded ?? idsNamedIn(set.compiled.policies, resource.type).union(relatedObjects(places, resource.type).ids);
  let failed = false;
  const allowed = (id: string) => {
    if (known?.active === false) return false;
    const { allowed: yes, errors } = deps.authorizer.decide({
      ...request,
      resource: { type: resource.type, id, attributes: resource.properties ?? {} },
    });
    failed ||= errors.length > 0;
    return yes;
  };
  const question = ['resources', subject, action, resource.type, resource.properties, context];
  const found = await pageOf(deps.clock, input.page, question, listed([...all].sort()), allowed);
  const reason =
    bounded === undefined
      ? 'policies may allow other resources, by attributes that are not known here; ask for a filter instead'
      : 'policies look at attributes of the resources that are not known here; ask for a filter instead';
  return {
    ...found,
    results: found.results.map((id) => ({ type: resource.type, id })),
    ...completeness(bounded !== undefined && !failed, reason),
  };
}

/** What may the subject do to the resource? Of the actions that policies name. */
export async function searchActions(
  deps: SearchDeps,
  input: Circumstances & { subject: AskedDecision['subject']; resource: AskedDecision['resource'] },
): Promise<SearchResult<{ name: string }>> {
  const { tenantId, subject, resource, context } = input;
  const known = await findSubject(deps, tenantId, subject);
  const { policies } = deps.authorizer.policies(tenantId).compiled;
  const circumstances = { tenantId, known, now: deps.clock.now() };
  const allowed = (name: string) => {
    if (known?.active === false) return false;
    return deps.authorizer.decide(toDecisionRequest({ subject, action: { name }, resource, context }, circumstances))
      .allowed;
  };
  const question = ['actions', subject, resource, context];
  const found = await pageOf(
    deps.clock,
    input.page,
    question,
    listed([...idsNamedIn(policies, 'Action')].sort()),
    allowed,
  );
  return {
    ...found,
    results: found.results.map((name) => ({ name })),
    ...completeness(!permitsAnyAction(policies), 'some policy permits whatever the action, also one that nobody names'),
  };
}

function completeness(complete: boolean, reason: string): { complete: boolean; reason?: string } {
  return complete ? { complete } : { complete, reason };
}

async function findSubject(
  { principals }: SearchDeps,
  tenantId: string,
  subject: AskedDecision['subject'],
): Promise<KnownPrincipal | undefined> {
  const { kind } = readSubjectType(subject.type);
  if (kind === undefined) return undefined;
  const organizationId = askedOrganization(subject);
  return (await principals.find({ tenantId, type: kind, ids: [subject.id], organizationId })).get(subject.id);
}

/** Candidates after an id, in the order of their ids. */
type Candidates = (after: string) => AsyncGenerator<{ id: string; known?: KnownPrincipal | undefined }>;

function listed(ids: readonly string[]): Candidates {
  return async function* (after) {
    for (const id of ids) if (id > after) yield { id };
  };
}

/** Everybody in the directory, and those who are named elsewhere, each once. */
function mergeDirectory(
  principals: PrincipalDirectory,
  place: { tenantId: string; organizationId: string | undefined },
  type: PrincipalType | undefined,
  named: readonly string[],
): Candidates {
  return async function* (start) {
    let after = start;
    let rest = named.filter((id) => id > start);
    while (type !== undefined) {
      const page = await principals.list({ ...place, type, after, limit: DIRECTORY_PAGE });
      const last = page.at(-1)?.id;
      if (last === undefined) break;
      const known = new Map(page.map((each) => [each.id, each]));
      const upTo = rest.filter((id) => id <= last);
      rest = rest.slice(upTo.length);
      for (const id of [...new Set([...known.keys(), ...upTo])].sort()) yield { id, known: known.get(id) };
      after = last;
      if (page.length < DIRECTORY_PAGE) break;
    }
    for (const id of rest) yield { id };
  };
}

async function pageOf(
  clock: Clock,
  page: Page | undefined,
  question: unknown,
  candidates: Candidates,
  allowed: (id: string, known: KnownPrincipal | undefined) => boolean,
): Promise<{ results: string[]; nextToken: string }> {
  const asked = page?.limit === undefined ? undefined : Math.min(page.limit, LIMIT_MAX);
  const { after, limit } =
    page?.token === undefined || page.token === ''
      ? { after: '', limit: asked ?? LIMIT_DEFAULT }
      : readCursor(question, page.token, asked);
  const results: string[] = [];
  let looked = 0;
  let last = after;
  const endsAt = clock.now() + PAGE_TIME_MAX;
  for await (const { id, known } of candidates(after)) {
    if (results.length >= limit || looked >= DECISIONS_MAX || (looked > 0 && clock.now() > endsAt)) {
      return { results, nextToken: writeCursor(question, { after: last, limit }) };
    }
    looked += 1;
    last = id;
    if (allowed(id, known)) results.push(id);
  }
  return { results, nextToken: '' };
}
