import { type DetailedError, type Engine, EngineExhausted, withCedarEngine } from './cedar-engine.ts';
import type { Long } from './long.ts';
import { carryLongLiterals } from './long-literals.ts';
import type { PolicyJson } from './policy-json.ts';

/** One `permit` or `forbid`, as parsed. */
export interface Statement {
  json: PolicyJson;
  /** Reads a long literal that was carried through JSON in another form. */
  readCarried: (text: string) => Long | undefined;
}

export interface PolicyProblem {
  message: string;
  /** Counted from 1; absent when the problem is not at one place. */
  line?: number;
  column?: number;
}

export type ParsedPolicies =
  | {
      ok: true;
      statements: Statement[] /** Policies with slots: nothing until they are linked. */;
      templates: Statement[];
    }
  | { ok: false; problems: PolicyProblem[] };

/** A policy of a thousand lines fits. The parser's time grows with the length. */
export const POLICY_TEXT_LENGTH_MAX = 64 * 1024;

/** The official engine parses about 120 levels before its stack is exhausted. */
const NESTING_MAX = 64;

/** Parses a text of one or more policies and templates, each in the order written. */
export function parsePolicies(text: string): ParsedPolicies {
  if (text.length > POLICY_TEXT_LENGTH_MAX) {
    return failed({ message: `the text is longer than ${POLICY_TEXT_LENGTH_MAX} characters; split it` });
  }
  if (!text.isWellFormed())
    return failed({ message: 'the text holds half a surrogate pair, which is not a character' });
  const deep = findDeepNesting(text);
  if (deep !== undefined) {
    return failed({ message: `brackets are nested more than ${NESTING_MAX} levels deep`, ...positionAt(text, deep) });
  }
  try {
    return parseWithEngine(text);
  } catch (cause) {
    if (!(cause instanceof EngineExhausted)) throw cause;
    return failed({ message: 'the text is nested too deeply to be parsed; write it flatter, or as several policies' });
  }
}

function parseWithEngine(text: string): ParsedPolicies {
  return withCedarEngine((engine) => {
    const split = engine.policySetTextToParts(text);
    if (split.type === 'failure') return { ok: false, problems: split.errors.map((error) => toProblem(text, error)) };
    if (split.policies.length + split.policy_templates.length === 0)
      return failed({ message: 'there is no policy in the text; write at least one' });
    const problems: PolicyProblem[] = [];
    const read = (texts: readonly string[], toJson: Engine['policyToJson'] | Engine['templateToJson']): Statement[] =>
      texts.flatMap((policy) => {
        const carried = carryLongLiterals(policy);
        const answer = toJson(carried.text);
        if (answer.type === 'success')
          return [{ json: answer.json as unknown as PolicyJson, readCarried: carried.read }];
        problems.push(...answer.errors.map(({ message }) => ({ message })));
        return [];
      });
    const statements = read(inSourceOrder(split.policies), engine.policyToJson);
    const templates = read(inSourceOrder(split.policy_templates), engine.templateToJson);
    return problems.length === 0 ? { ok: true, statements, templates } : { ok: false, problems };
  });
}

function failed(problem: PolicyProblem): ParsedPolicies {
  return { ok: false, problems: [problem] };
}

/** The engine answers sorted by the ids it gave (`policy0`, `policy1`, `policy10`, `policy2`, …). */
function inSourceOrder(sorted: readonly string[]): string[] {
  const ids = sorted.map((_, index) => `policy${index}`).sort();
  const place = new Map(ids.map((id, index) => [id, sorted[index] ?? '']));
  return sorted.map((_, index) => place.get(`policy${index}`) ?? '');
}

function toProblem(text: string, error: DetailedError): PolicyProblem {
  const [location] = error.sourceLocations ?? [];
  const label = location?.label === undefined || location.label === null ? '' : `: ${location.label}`;
  const help = error.help === null ? '' : ` (${error.help})`;
  const message = `${error.message.replace(/^failed to parse \S+ from string: /, '')}${label}${help}`;
  // The engine counts bytes of UTF-8.
  return { message, ...(location === undefined ? {} : positionAt(text, characterAt(text, location.start))) };
}

function characterAt(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}

function positionAt(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Where brackets are nested too deeply, outside strings and comments. A string that is never closed goes to the end. */
function findDeepNesting(text: string): number | undefined {
  let depth = 0;
  for (const { 0: lexeme, index } of text.matchAll(/\/\/[^\n\r]*|"(?:[^"\\]|\\.)*(?:"|\\?$)|[([{]|[)\]}]/gs)) {
    if ('([{'.includes(lexeme)) depth += 1;
    else if (')]}'.includes(lexeme)) depth -= 1;
    if (depth > NESTING_MAX) return index;
  }
  return undefined;
}
