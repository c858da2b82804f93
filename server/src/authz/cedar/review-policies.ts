import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import { type Engine, EngineExhausted, withCedarEngine } from './cedar-engine.ts';
import { parsePolicies } from './parse-policies.ts';

/** What an editor shows beneath the text. */
export interface PolicyFinding {
  severity: 'error' | 'warning';
  message: string;
  /** Characters of the text from 0, the end not included; absent when it is not about one place. */
  from?: number;
  to?: number;
}

const FINDINGS_MAX = 50;

/** What is wrong with a text of policies, and where: as Cedar, and against a schema when there is one. */
export function reviewPolicies(text: string, schema?: string): PolicyFinding[] {
  const parsed = parsePolicies(text);
  if (!parsed.ok) {
    return parsed.problems.map(({ message, line, column }) => ({
      severity: 'error',
      message,
      ...(line === undefined ? {} : spanAt(text, line, column ?? 1)),
    }));
  }
  if (schema === undefined) return [];
  try {
    return withCedarEngine((engine) => reviewWith(engine, text, schema)).slice(0, FINDINGS_MAX);
  } catch (cause) {
    if (!(cause instanceof EngineExhausted)) throw cause;
    return [{ severity: 'error', message: 'the text is nested too deeply' }];
  }
}

function reviewWith(engine: Engine, text: string, schema: string): PolicyFinding[] {
  const parts = engine.policySetTextToParts(text);
  if (parts.type === 'failure') return parts.errors.map((error) => toFinding(text, text, error));
  const named = (texts: readonly string[], name: string) =>
    Object.fromEntries(texts.map((part, index) => [`${name}${index}`, part]));
  const staticPolicies = named(parts.policies, 'policy');
  const templates = named(parts.policy_templates, 'template');
  const answer = engine.validate({ schema, policies: { staticPolicies, templates, templateLinks: [] } });
  if (answer.type === 'failure') return answer.errors.map(({ message }) => ({ severity: 'error', message }));
  const partOf = (id: string) => staticPolicies[id] ?? templates[id] ?? '';
  return [...answer.validationErrors, ...answer.validationWarnings].map(({ policyId, error }) =>
    toFinding(text, partOf(policyId), error),
  );
}

/** The engine counts bytes of UTF-8 from the start of the one policy; a policy's text is a piece of the whole as it stands. */
function toFinding(text: string, part: string, { message, help, severity, sourceLocations }: DetailedError) {
  const plain = message.replace(/^for policy `[^`]*`, /, '');
  const finding: PolicyFinding = {
    severity: severity === 'warning' ? 'warning' : 'error',
    message: help === null ? plain : `${plain} (${help})`,
  };
  const [location] = sourceLocations ?? [];
  const start = text.indexOf(part);
  if (location === undefined || start === -1) return finding;
  const bytes = Buffer.from(part);
  const at = (byte: number) => start + bytes.subarray(0, byte).toString().length;
  return { ...finding, from: at(location.start), to: at(location.end) };
}

/** To the end of the word that stands there, or of the line. */
function spanAt(text: string, line: number, column: number): { from: number; to: number } {
  const lines = text.split('\n');
  const from = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
  const word = /^[\w:]+/.exec(text.slice(from, from + 200))?.[0].length ?? 1;
  return { from: Math.min(from, text.length), to: Math.min(from + word, text.length) };
}
