import type { PolicyProblem, Statement } from './cedar/parse-policies.ts';

export type NamedStatements =
  | { ok: true; statements: { name: string; statement: Statement }[] }
  | { ok: false; problems: PolicyProblem[] };

/** A name of a resource has no dot, so `office.hours` is never the name of another policy. */
const ID = /^[A-Za-z0-9_-]{1,63}$/;

/**
 * Names each statement of a policy resource, as decisions report it: `office` when it is the only one, `office.hours`
 * when it is annotated `@id("hours")`, and `office.2` for the second one without annotation.
 */
export function nameStatements(
  policy: string,
  statements: readonly Statement[],
  linked: readonly { id: string; statement: Statement }[] = [],
): NamedStatements {
  const problems: PolicyProblem[] = [];
  const taken = new Set<string>();
  const named = statements.map((statement, index) => {
    const id = statement.json.annotations?.id;
    const fallback = statements.length === 1 && linked.length === 0 ? policy : `${policy}.${index + 1}`;
    const name = typeof id === 'string' ? `${policy}.${id}` : fallback;
    if (typeof id === 'string' && !ID.test(id)) {
      problems.push({ message: `@id(${JSON.stringify(id)}) must be 1 to 63 letters, digits, hyphens or underscores` });
    } else if (taken.has(name)) {
      problems.push({ message: `two statements are named ${name}; give each its own @id` });
    }
    taken.add(name);
    return { name, statement };
  });
  for (const { id, statement } of linked) {
    const name = `${policy}.${id}`;
    if (taken.has(name)) problems.push({ message: `the link ${id} has the name of another statement` });
    taken.add(name);
    named.push({ name, statement });
  }
  return problems.length === 0 ? { ok: true, statements: named } : { ok: false, problems };
}
