import { oauthErrors } from '../errors.ts';
import { param } from '../protocol/read-params.ts';
import type { AuthorizationContext } from './context.ts';

/** OpenID Connect Core §3.1.2.1. `select_account` is answered by a new sign-in, where another account can be chosen. */
export const PROMPT_VALUES = ['none', 'login', 'consent', 'select_account'] as const;
/** Initiating User Registration §4: where people may make accounts. */
export const CREATE_PROMPT = 'create';
const PROMPTS = new Set<string>(PROMPT_VALUES);
const MAX_AGE = /^[0-9]{1,9}$/;

export function readPrompt(context: AuthorizationContext): undefined {
  const { params, tenantId } = context.request;
  const isOpen = context.deps.signin.isRegistrationOpen?.(tenantId) === true;
  const isKnown = (word: string) => PROMPTS.has(word) || (word === CREATE_PROMPT && isOpen);
  const prompt = new Set((param(params, 'prompt') ?? '').split(' ').filter((word) => word !== ''));
  if ((prompt.has('none') && prompt.size > 1) || ![...prompt].every(isKnown)) {
    throw oauthErrors.prompt_malformed();
  }
  const maxAge = param(params, 'max_age');
  if (maxAge !== undefined && !MAX_AGE.test(maxAge)) {
    throw oauthErrors.parameter_malformed({ message: 'max_age must be a whole number of seconds, zero or more.' });
  }
  context.prompt = prompt;
  context.maxAgeSeconds = maxAge === undefined ? undefined : Number(maxAge);
}
