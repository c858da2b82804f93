import { z } from 'zod';
import { type AskedDecision, decisionsErrors, SEMANTICS } from '#authz';
import type { Decision, GatehouseError } from '#base';

/** Forms of AuthZEN's Authorization API 1.0. Unknown members are ignored (§10.1.1), which everywhere else is an error. */

const TYPE_LENGTH_MAX = 200;
const ID_LENGTH_MAX = 1024;
const DEPTH_MAX = 16;
/** Members and elements of one object with all that lies inside: it is gone through for every question and candidate. */
const VALUES_MAX = 4096;
export const EVALUATIONS_MAX = 200;

const type = z.string().min(1).max(TYPE_LENGTH_MAX);
const id = z.string().min(1).max(ID_LENGTH_MAX);
const properties = z
  .record(z.string(), z.unknown())
  .refine((value) => !isDeeper(value, DEPTH_MAX), `must not be nested more than ${DEPTH_MAX} levels deep`)
  .refine((value) => countValues(value, VALUES_MAX) <= VALUES_MAX, `must not hold more than ${VALUES_MAX} values`);

const entity = z.object({ type, id, properties: properties.optional() });
const subjectProperties = properties
  .optional()
  .describe(
    'Attributes of the subject. `organization` is the id of the organization that the subject is asked about in: somebody in the directory has the roles and groups of that one, if they belong to it. `roles` and `groups` count for subjects that are not in the directory.',
  );
const subject = z.object({ type, id, properties: subjectProperties });
const action = z.object({ name: id, properties: properties.optional() });

export const evaluationForm = z.object({ subject, action, resource: entity, context: properties.optional() });

/** Members may be missing where a default for all of them stands above. */
const partForm = evaluationForm.partial();

export const evaluationsForm = partForm.extend({
  evaluations: z.array(z.unknown()).max(EVALUATIONS_MAX).optional(),
  options: z.object({ evaluations_semantic: z.enum(SEMANTICS).default('execute_all') }).optional(),
});

const page = z.object({
  token: z.string().max(4096).optional(),
  limit: z.int().min(0).optional(),
  properties: properties.optional(),
});
/** An id of what is searched for is ignored (§8.4.1). */
const searched = z.object({ type, properties: properties.optional() });
const searchedSubject = z.object({ type, properties: subjectProperties });
const search = { context: properties.optional(), page: page.optional() };
export const subjectSearchForm = z.object({ subject: searchedSubject, action, resource: entity, ...search });
export const resourceSearchForm = z.object({ subject, action, resource: searched, ...search });
export const actionSearchForm = z.object({ subject, resource: entity, ...search });

export const decisionAnswer = z.object({
  decision: z.boolean(),
  context: z.record(z.string(), z.unknown()).optional(),
});

/** Each question whole, with the defaults filled in: a member of its own replaces the default altogether (§7.1.1). */
export function readEvaluations({
  evaluations = [],
  options: _,
  ...defaults
}: z.output<typeof evaluationsForm>): (AskedDecision | GatehouseError)[] {
  return evaluations.map((each) => {
    const own = partForm.safeParse(each);
    if (!own.success) return incomplete(own.error.issues);
    const whole = evaluationForm.safeParse({ ...defaults, ...own.data });
    return whole.success ? whole.data : incomplete(whole.error.issues);
  });
}

function incomplete([issue]: readonly z.core.$ZodIssue[]): GatehouseError {
  const path = issue?.path.join('.') ?? '';
  const reason = issue === undefined || path === '' ? '' : ` (${path}: ${issue.message})`;
  return decisionsErrors.evaluation_incomplete({
    message: `An evaluation needs a subject, an action and a resource, of its own or as a default for all${reason}.`,
  });
}

/** What whoever enforces may know: the sentence for the caller, what is missing by name, what is to be done besides. */
export function toDecisionAnswer(decisionId: string, decision: Decision): z.input<typeof decisionAnswer> {
  const { allowed, reason, summary, obligations, policyVersion } = decision;
  return {
    decision: allowed,
    context: {
      decision_id: decisionId,
      reason,
      summary,
      policy_version: policyVersion,
      ...(obligations === undefined ? {} : { obligations }),
    },
  };
}

/** Of what is not nested too deeply; ends soon after there are more than `enough`. */
function countValues(value: unknown, enough: number, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return 0;
  const members = Object.values(value);
  let count = members.length;
  for (const member of members) {
    if (count > enough) break;
    count += countValues(member, enough - count, depth + 1);
  }
  return count;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}
