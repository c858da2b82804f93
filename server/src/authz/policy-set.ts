import { type CompiledPolicySet, compilePolicySet } from './cedar/compile-policy-set.ts';
import { UnsupportedExpression } from './cedar/expression.ts';
import { type PolicyProblem, parsePolicies, type Statement } from './cedar/parse-policies.ts';
import { linkTemplates, type TemplateLink } from './link-templates.ts';
import { nameStatements } from './name-statements.ts';
import { makeReadyDecisions, type ReadyDecisions } from './ready-decisions.ts';

/** The policies of one tenant, compiled. Immutable: a change makes another. */
export interface PolicySet {
  /** Grows with each change of the set. */
  readonly version: number;
  readonly compiled: CompiledPolicySet;
  /**
   * Policies that are stored but can't be compiled. What they would forbid is unknown, so while there is one, every
   * decision that would be an allow is a deny (`engine_error`). Policies are checked when written: this takes a store
   * that was changed behind our back, or a program older than its data.
   */
  readonly broken: readonly { policy: string; message: string }[];
  readonly decisions: ReadyDecisions;
  /** What the set would be if the policies on trial were in force. Absent where there are none. */
  readonly shadow?: PolicySet;
}

/** A policy resource: its name, the Cedar text of one or more statements, and what fills the slots of its templates. */
export interface PolicySource {
  name: string;
  cedar: string;
  links?: readonly TemplateLink[] | undefined;
  /** Only tried out: evaluated and recorded, not enforced. */
  shadow?: boolean | undefined;
}

/** Keeps what was parsed, so that a change to one policy among thousands parses one. */
export type ParsedTexts = Map<string, readonly { name: string; statement: Statement }[]>;

export function compilePolicies(sources: readonly PolicySource[], version: number, parsed?: ParsedTexts): PolicySet {
  const enforced = sources.filter(({ shadow }) => shadow !== true);
  const set = compileSet(enforced, version, parsed);
  // Parsed anew with each change: policies on trial are few, and not for long.
  return enforced.length === sources.length ? set : { ...set, shadow: compileSet(sources, version, undefined) };
}

function compileSet(sources: readonly PolicySource[], version: number, parsed: ParsedTexts | undefined): PolicySet {
  const statements: { name: string; statement: Statement }[] = [];
  const broken: { policy: string; message: string }[] = [];
  const seen: ParsedTexts = new Map();
  for (const source of sources) {
    const key = JSON.stringify([source.name, source.cedar, source.links]);
    const known = parsed?.get(key);
    const result = known === undefined ? tryReadPolicy(source) : { ok: true as const, statements: known };
    if (result.ok) {
      statements.push(...result.statements);
      seen.set(key, result.statements);
    } else {
      broken.push({ policy: source.name, message: result.problems.map(describeProblem).join('; ') });
    }
  }
  if (parsed !== undefined) {
    parsed.clear();
    for (const [key, value] of seen) parsed.set(key, value);
  }
  const compiled = compilePolicySet(statements);
  return { version, compiled, broken, decisions: makeReadyDecisions(compiled.policies, version) };
}

export type ReadPolicy =
  | { ok: true; statements: readonly { name: string; statement: Statement }[] }
  | { ok: false; problems: readonly PolicyProblem[] };

/** Whatever goes wrong with one policy, the others are compiled; and the set knows that one is missing. */
function tryReadPolicy(source: PolicySource): ReadPolicy {
  try {
    return readPolicy(source);
  } catch (cause) {
    return { ok: false, problems: [{ message: cause instanceof Error ? cause.message : 'unknown failure' }] };
  }
}

/** Parses one policy resource, names its statements, and makes sure that each of them compiles. */
export function readPolicy({ name, cedar, links = [] }: PolicySource): ReadPolicy {
  const parsed = parsePolicies(cedar);
  if (!parsed.ok) return parsed;
  const linked = linkTemplates(parsed.templates, links);
  if (!linked.ok) return linked;
  const own = nameStatements(name, parsed.statements, linked.statements);
  if (!own.ok) return own;
  const named = own;
  try {
    compilePolicySet(named.statements);
  } catch (cause) {
    if (!(cause instanceof UnsupportedExpression)) throw cause;
    return { ok: false, problems: [{ message: cause.message }] };
  }
  return named;
}

/** `line 3, column 14: unexpected token` */
export function describeProblem({ message, line, column }: PolicyProblem): string {
  return line === undefined ? message : `line ${line}, column ${column ?? 1}: ${message}`;
}
