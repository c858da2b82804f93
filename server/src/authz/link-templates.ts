import type { PolicyProblem, Statement } from './cedar/parse-policies.ts';
import type { EntityJson, PolicyJson, ScopeConstraint } from './cedar/policy-json.ts';

/** Fills the slots of a template: one policy for each. */
export interface TemplateLink {
  id: string;
  /** The `@id` of the template, where the policy has several. */
  template?: string | undefined;
  principal?: EntityJson | undefined;
  resource?: EntityJson | undefined;
}

export type Linked =
  | { ok: true; statements: { id: string; statement: Statement }[] }
  | { ok: false; problems: PolicyProblem[] };

/** Makes a policy of each link. Every slot of its template must be filled, and nothing else. */
export function linkTemplates(templates: readonly Statement[], links: readonly TemplateLink[]): Linked {
  const problems: PolicyProblem[] = [];
  const statements: { id: string; statement: Statement }[] = [];
  const seen = new Set<string>();
  for (const link of links) {
    const template = chooseTemplate(templates, link);
    if (template === undefined) {
      const message =
        link.template === undefined
          ? 'does not say which template it fills'
          : `there is no template @id("${link.template}")`;
      problems.push({ message: `link ${link.id}: ${message}` });
      continue;
    }
    if (seen.has(link.id)) problems.push({ message: `two links have the id ${link.id}` });
    seen.add(link.id);
    const filled = fillSlots(template.json, link);
    problems.push(...filled.problems.map((message) => ({ message: `link ${link.id}: ${message}` })));
    statements.push({ id: link.id, statement: { ...template, json: filled.json } });
  }
  return problems.length === 0 ? { ok: true, statements } : { ok: false, problems };
}

function chooseTemplate(templates: readonly Statement[], { template }: TemplateLink): Statement | undefined {
  if (template !== undefined) return templates.find(({ json }) => json.annotations?.id === template);
  return templates.length === 1 ? templates[0] : undefined;
}

function fillSlots(json: PolicyJson, link: TemplateLink): { json: PolicyJson; problems: string[] } {
  const problems: string[] = [];
  const fill = (part: 'principal' | 'resource'): ScopeConstraint => {
    const constraint = json[part];
    const entity = link[part];
    const slotted = hasSlot(constraint);
    if (slotted && entity === undefined) problems.push(`the slot ?${part} is not filled`);
    if (!slotted && entity !== undefined) problems.push(`the template has no slot ?${part}`);
    if (!slotted || entity === undefined) return constraint;
    if (constraint.op === 'is') return { ...constraint, in: { entity } };
    return constraint.op === '==' ? { op: '==', entity } : { op: 'in', entity };
  };
  return { json: { ...json, principal: fill('principal'), resource: fill('resource') }, problems };
}

function hasSlot(constraint: ScopeConstraint): boolean {
  return 'slot' in constraint || (constraint.op === 'is' && constraint.in !== undefined && 'slot' in constraint.in);
}
