import type { DetailedError, PolicySet as EnginePolicies } from '@cedar-policy/cedar-wasm/nodejs';
import { EngineExhausted, withCedarEngine } from './cedar-engine.ts';

export interface SchemaFinding {
  message: string;
  /** Characters of the text from 0, the end not included; absent when it is not about one place. */
  from?: number;
  to?: number;
}

/** Is this a schema of Cedar's? */
export function checkSchema(schema: string): SchemaFinding[] {
  return guarded(() => {
    const answer = withCedarEngine((engine) => engine.checkParseSchema(schema));
    return answer.type === 'success' ? [] : answer.errors.map((error) => toFinding(schema, error));
  });
}

/** The engine counts bytes of UTF-8. */
function toFinding(text: string, { message, help, sourceLocations }: DetailedError): SchemaFinding {
  const [location] = sourceLocations ?? [];
  const plain = help === null ? message : `${message} (${help})`;
  if (location === undefined) return { message: plain };
  const bytes = Buffer.from(text);
  const at = (byte: number) => bytes.subarray(0, byte).toString().length;
  return { message: plain, from: at(location.start), to: at(location.end) };
}

/** Do the policies of a text fit the schema? Templates are validated as they stand, with their slots. */
export function validatePolicies(schema: string, cedar: string): SchemaFinding[] {
  return guarded(() => {
    const parts = withCedarEngine((engine) => engine.policySetTextToParts(cedar));
    if (parts.type === 'failure') return parts.errors.map(({ message }) => ({ message }));
    const byId = (texts: readonly string[], id: string) =>
      Object.fromEntries(texts.map((text, index) => [`${id}${index}`, text]));
    const policies: EnginePolicies = {
      staticPolicies: byId(parts.policies, 'policy'),
      templates: byId(parts.policy_templates, 'template'),
      templateLinks: [],
    };
    const answer = withCedarEngine((engine) => engine.validate({ schema, policies }));
    if (answer.type === 'failure') return answer.errors.map(({ message }) => ({ message }));
    return answer.validationErrors.map(({ error }) => ({ message: error.message }));
  });
}

/** The text as Cedar's own formatter writes it; undefined when it is not valid. */
export function formatPolicies(policyText: string): string | undefined {
  try {
    const answer = withCedarEngine((engine) => engine.formatPolicies({ policyText, lineWidth: 100, indentWidth: 2 }));
    return answer.type === 'success' ? answer.formatted_policy : undefined;
  } catch (cause) {
    if (cause instanceof EngineExhausted) return undefined;
    throw cause;
  }
}

function guarded(work: () => SchemaFinding[]): SchemaFinding[] {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof EngineExhausted)) throw cause;
    return [{ message: 'the text is nested too deeply' }];
  }
}
