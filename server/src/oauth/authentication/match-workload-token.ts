import type { ClientSpec } from '../clients/client-schema.ts';

export type WorkloadRule = NonNullable<ClientSpec['workloads']>[number];

/** One condition of a rule, as it turned out. */
export interface ConditionResult {
  claim: string;
  expected: string;
  /** What the token says, as text; undefined when it says nothing. */
  found: string | undefined;
  matches: boolean;
}

/** Every condition of a rule against a token's claims; all must match. */
export function matchConditions(rule: WorkloadRule, claims: Readonly<Record<string, unknown>>): ConditionResult[] {
  const named = Object.entries(rule.claims).map(([claim, expected]) => condition(claim, expected, claims[claim]));
  return [condition('aud', rule.audience, claims.aud), ...named];
}

function condition(claim: string, expected: string, value: unknown): ConditionResult {
  // `aud` may be a list (RFC 7519 §4.1.3); any other claim is one text, number or truth value.
  const values = claim === 'aud' && Array.isArray(value) ? value : [value];
  const texts = values.filter((each) => ['string', 'number', 'boolean'].includes(typeof each)).map(String);
  const matches = texts.some((text) => (expected.endsWith('*') ? startsWith(text, expected) : text === expected));
  return { claim, expected, found: texts.length === 0 ? undefined : texts.join(' '), matches };
}

/** One star, at the end: `repo:acme/shop:ref:refs/tags/*`. More would make rules that nobody can read. */
const startsWith = (text: string, pattern: string) => text.startsWith(pattern.slice(0, -1));
