/** The same rules for every contender: whoever has role n may do action n to orders of his own department, unless they are locked. */
export interface Question {
  role: string;
  action: string;
  department: string;
  owner: string;
  locked: boolean;
}

export const roleName = (number: number) => `role-${number}`;
export const actionName = (number: number) => `orders:${number}`;

export function policyTexts(count: number): string[] {
  return Array.from(
    { length: count },
    (
      _,
      number,
    ) => `permit(principal in Role::"${roleName(number)}", action == Action::"${actionName(number)}", resource is Order)
      when { resource.department == principal.organization && !resource.locked };`,
  );
}

/** Of one person with one role: three of eight are allowed. */
export function questionsOf(count: number, role: number): Question[] {
  return Array.from({ length: 256 }, (_, index) => ({
    role: roleName(role),
    action: actionName(index % 2 === 0 ? role : (role + index) % count),
    department: index % 8 === 7 ? 'org_other' : 'org_acme',
    owner: 'usr_ann',
    locked: index % 16 === 12,
  }));
}

export function allowedByRule({ role, action, department, locked }: Question): boolean {
  return action === role.replace('role-', 'orders:') && department === 'org_acme' && !locked;
}
