import type { RawHeaders, ResponseRules } from '../exchange.ts';
import { addedHeaders } from '../response-rules.ts';
import type { ResponseHeadParser } from './response-head-parser.ts';
import { dropNamed, spells } from './response-head-writer.ts';

/** Takes out of the upstream's head what the rules remove. @returns what is added to it. */
export function followRules(bytes: Buffer, response: ResponseHeadParser, rules: ResponseRules): RawHeaders {
  for (const name of rules.removed) dropNamed(bytes, response, name);
  return addedHeaders(rules, (name) => sentValue(bytes, response, name));
}

export function sentValue(bytes: Buffer, { fields }: ResponseHeadParser, name: string): string | undefined {
  const { count, nameStarts, nameEnds, valueStarts, valueEnds } = fields;
  let value: string | undefined;
  for (let index = 0; index < count; index += 1) {
    const start = nameStarts[index] ?? 0;
    if ((nameEnds[index] ?? 0) - start !== name.length || !spells(bytes, start, name)) continue;
    const text = bytes.toString('latin1', valueStarts[index] ?? 0, valueEnds[index] ?? 0);
    value = value === undefined ? text : `${value}, ${text}`;
  }
  return value;
}
