import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  changeForm,
  describeChange,
  findDecision,
  readChange,
  type Suggestion,
  type WhatIfDeps,
  whatIf,
  writeChange,
} from '#authz';
import type { Store } from '#store';
import { callerOf } from '../access.ts';
import { evaluationForm } from '../authzen/wire-forms.ts';
import { httpErrors } from '../errors.ts';
import { failures } from './answers.ts';
import { decided, explainedAnswer, suggestionAnswer } from './explanation-answer.ts';

export interface WhatIfRouteDeps extends WhatIfDeps {
  store: Pick<Store, 'transaction'>;
}

const CHANGES_MAX = 8;

const body = z
  .strictObject({
    question: evaluationForm.optional().describe('Who wants to do what, as AuthZEN asks it.'),
    decisionId: z.string().min(1).max(128).optional().describe('Ask again what was asked then, as it was kept.'),
    changes: z.array(changeForm).max(CHANGES_MAX).default([]).describe('As if this were so; suggestions fit here.'),
  })
  .refine(
    ({ question, decisionId }) => (question === undefined) !== (decisionId === undefined),
    'needs either question or decisionId',
  );
const answer = z.object({
  decision: decided,
  ...explainedAnswer,
  request: z.looseObject({}).describe('What is asked, as policies see it, with the changes made.'),
  known: z.boolean().describe('The directory knows the principal: roles, groups and organization are from there.'),
  active: z.boolean(),
  applied: z.array(z.string()).describe('The changes made, in words.'),
  suggestions: z.array(suggestionAnswer),
});

/** What would be, and what would change it. For whoever may read decisions; it makes none. */
export function whatIfRoute(plain: FastifyInstance, deps: WhatIfRouteDeps): void {
  plain.withTypeProvider<ZodTypeProvider>().post(
    '/decisions/what-if',
    {
      config: { permission: 'decisions:read' },
      schema: {
        tags: ['decisions'],
        summary: 'What would be decided, why, and what would change it',
        description:
          'Explains the answer to a question, or to the question of a decision that was kept, with changes made in a copy. Nothing is changed, and nothing is kept as a decision.',
        body,
        response: { 200: answer, ...failures },
      },
    },
    async (request) => {
      const { tenantId } = callerOf(request).principal;
      const { question, decisionId } = request.body;
      const changes = request.body.changes.map(readChange);
      const of = question ?? (await findDecision(deps, { tenantId, decisionId: decisionId ?? '' }));
      if (of === undefined) throw httpErrors.explanation_not_found();
      const found = await whatIf(deps, { tenantId, of, changes });
      const { tenantId: _, ...principal } = found.request.principal;
      const { decision, policies, relationships, known, active } = found;
      const asked = { ...found.request, principal };
      return plainJson({
        decision,
        policies,
        relationships,
        known,
        active,
        request: asked,
        applied: changes.map(describeChange),
        suggestions: found.suggestions.map(toSuggestion),
      }) as z.input<typeof answer>;
    },
  );
}

export function toSuggestion(changes: Suggestion) {
  const forms = changes.map(writeChange);
  const whole = forms.every((form) => form !== undefined);
  return { texts: changes.map(describeChange), ...(whole ? { changes: forms } : {}) };
}

/** Plain data, whatever of it is read-only; JSON has no integers beyond 2^53, so they go as text. */
function plainJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each)));
}
