/** What a new policy begins with. */
export const TEMPLATES = {
  role: `permit(
  principal in Role::"editor",
  action == Action::"articles:write",
  resource is Article
);
`,
  owner: `permit(principal is User, action == Action::"orders:read", resource is Order)
when { resource has owner && resource.owner == principal.id };
`,
  relationship: `permit(principal is User, action == Action::"documents:read", resource is Document)
when { resource.relations.viewer.contains(principal) };
`,
  forbid: `forbid(principal, action, resource is Document)
unless { principal has acr && principal.acr == "aal2" };
`,
  blank: '',
} as const;

export type TemplateName = keyof typeof TEMPLATES;

export const isTemplate = (name: string): name is TemplateName => name in TEMPLATES;
