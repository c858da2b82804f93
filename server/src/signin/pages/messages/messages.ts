import type { signinErrors } from '../../errors.ts';
import type { PasswordRule } from '../../password-rules.ts';
import type { en } from './en.ts';

/**
 * The words of the pages. English is the source: each other language is declared as a {@link Translation}, so a message
 * that lacks one, and one that takes other parameters, is a type error. A new subject is one file in `en/`, one in each
 * other language, and a line in `en.ts` and its peers.
 */
export type Messages = typeof en;

/** An error's code; where one error says several things, with a word for which. */
export type ErrorCode = keyof typeof signinErrors | `password_refused.${PasswordRule}`;

/** Errors speak English in their own catalogue; a translation brings all of them. */
export type Translation = Messages & { errors: Readonly<Record<ErrorCode, string>> };
