import type { RawHeaders, ResponseRules } from '../exchange.ts';
import { writeFields } from '../field-text.ts';
import { inOnePiece } from '../one-piece.ts';
import { addedHeaders, isDecided, KEYED_RULES, PRIVATE } from '../response-rules.ts';
import type { ResponseHeadParser } from './response-head-parser.ts';
import { dropNamed, spells } from './response-head-writer.ts';

/** Takes out of the upstream's head what the rules remove. @returns what is added to it. */
export function followRules(bytes: Buffer, response: ResponseHeadParser, rules: ResponseRules): RawHeaders {
  for (const name of rules.removed) dropNamed(bytes, response, name);
  return addedHeaders(rules, (name) => sentValue(bytes, response, name));
}

/** As field lines; undefined when one can't be written. Most responses to API keys follow one rule, and no other. */
export function ruledLines(bytes: Buffer, response: ResponseHeadParser, rules: ResponseRules): string | undefined {
  if (rules === KEYED_RULES) return isDecided(sentValue(bytes, response, 'cache-control')) ? '' : PRIVATE_LINES;
  return writeFields(followRules(bytes, response, rules));
}

const PRIVATE_LINES = inOnePiece(writeFields(PRIVATE) ?? '');

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
