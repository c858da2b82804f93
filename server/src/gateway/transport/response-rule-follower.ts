import type { RawHeaders, ResponseRules } from '../exchange.ts';
import type { ResponseHeadParser } from './response-head-parser.ts';
import { dropNamed } from './response-head-writer.ts';

/** Takes out of the upstream's head what the rules remove. @returns what is added to it. */
export function followRules(bytes: Buffer, response: ResponseHeadParser, rules: ResponseRules): RawHeaders {
  for (const name of rules.removed) dropNamed(bytes, response, name);
  return rules.appended;
}
