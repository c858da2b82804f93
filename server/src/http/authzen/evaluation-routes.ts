import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Answer, type AskedDecision, evaluate, evaluateAll } from '#authz';
import { baseErrors } from '#base';
import { callerOf } from '../access.ts';
import { statusOf } from '../error-status.ts';
import type { AuthZenDeps } from './authzen-deps.ts';
import { decisionAnswer, evaluationForm, evaluationsForm, readEvaluations, toDecisionAnswer } from './wire-forms.ts';

const tags = ['decisions'];
const config = { permission: 'decisions:evaluate' };

/** AuthZEN §6 and §7: may this subject do this? */
export function evaluationRoutes(plain: FastifyInstance, deps: AuthZenDeps): void {
  const server = plain.withTypeProvider<ZodTypeProvider>();

  server.post(
    '/access/v1/evaluation',
    {
      config,
      schema: { tags, summary: 'May this subject do this?', body: evaluationForm, response: { 200: decisionAnswer } },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { decisionId, decision } = await evaluate(deps, { tenantId, asked: request.body });
      return toDecisionAnswer(decisionId, decision);
    },
  );

  server.post(
    '/access/v1/evaluations',
    {
      config,
      schema: {
        tags,
        summary: 'Several questions at once',
        description:
          '`options.evaluations_semantic` is `execute_all` (every question is answered), `deny_on_first_deny` or `permit_on_first_permit` (answers end with the first no, or yes). Without `evaluations` it answers as `/access/v1/evaluation` does.',
        body: evaluationsForm,
        response: { 200: z.union([z.object({ evaluations: z.array(decisionAnswer) }), decisionAnswer]) },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { evaluations = [], options } = request.body;
      if (evaluations.length === 0) {
        const { decisionId, decision } = await evaluate(deps, { tenantId, asked: demandWhole(request.body) });
        return toDecisionAnswer(decisionId, decision);
      }
      const semantic = options?.evaluations_semantic ?? 'execute_all';
      const answers = await evaluateAll(deps, { tenantId, asked: readEvaluations(request.body), semantic });
      return { evaluations: answers.map(toAnswer) };
    },
  );
}

function demandWhole(body: z.output<typeof evaluationsForm>): AskedDecision {
  const { subject, action, resource, context } = body;
  if (subject !== undefined && action !== undefined && resource !== undefined) {
    return { subject, action, resource, context };
  }
  const [missing] = Object.entries({ subject, action, resource }).flatMap(([name, value]) =>
    value === undefined ? [name] : [],
  );
  throw baseErrors.invalid_input({ message: `${missing}: is required where there are no evaluations` });
}

/** A question that could not be answered is a no that says why (§7.2.1). */
function toAnswer(answer: Answer): z.input<typeof decisionAnswer> {
  if ('decision' in answer) return toDecisionAnswer(answer.decisionId, answer.decision);
  const { error, decisionId } = answer;
  const status = statusOf(error.category, error.code);
  return { decision: false, context: { decision_id: decisionId, error: { status, message: error.message } } };
}
