import { type BreachedPasswords, refuseBreached } from './breached-passwords.ts';
import { signinErrors } from './errors.ts';
import { loadPasswordGuesses } from './password-guesses.ts';
import { type CommonPasswords, loadCommonPasswords } from './well-known-passwords.ts';

/** NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.1 and 6.2.9: counted in characters (code points), no rule on what they are. */
export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 256;

/** Who the password is for: what anyone would try first. */
export interface PasswordContext {
  email: string;
  name: string;
}

/** ASVS 6.1.2: words that anyone who knows the product would try. */
const PRODUCT_WORDS = ['gatehouse'];

/** Shorter parts of a name say little: "Li" stands in many passwords. */
const CONTEXT_WORD_LENGTH_MIN = 4;

/** A context word is no harm inside a password that would be long enough without it. */
const BESIDES_CONTEXT_MIN = PASSWORD_LENGTH_MIN;

/** What each rule is called, for those who tell it in another language. */
export type PasswordRule = 'too_short' | 'too_long' | 'common' | 'about_person' | 'guessable' | 'breached';

interface Rule {
  name: PasswordRule;
  refuses(password: string, context: PasswordContext, common: CommonPasswords): boolean;
  message: string;
}

/** zxcvbn calls 0 and 1 "too guessable" and "very guessable": under a million tries. */
const GUESSABLE_SCORE_MAX = 1;

const GUESSABLE = {
  name: 'guessable',
  message:
    'Passwords that are made like this are soon guessed. Add words or characters that have nothing to do with it.',
} as const;

/** In this order; the first that refuses is told. */
const RULES: readonly Rule[] = [
  {
    name: 'too_short',
    refuses: (password) => lengthOf(password) < PASSWORD_LENGTH_MIN,
    message: `Use at least ${PASSWORD_LENGTH_MIN} characters.`,
  },
  {
    name: 'too_long',
    refuses: (password) => lengthOf(password) > PASSWORD_LENGTH_MAX,
    message: `Use at most ${PASSWORD_LENGTH_MAX} characters.`,
  },
  {
    name: 'common',
    refuses: (password, _, common) => common.isCommon(password),
    message: 'This is one of the first passwords anyone would try. Choose something only you would think of.',
  },
  {
    name: 'about_person',
    refuses: isAboutContext,
    message: 'This is mostly your name, your e-mail address or the name of this product. Choose something else.',
  },
];

/** @throws `password_refused`, saying which rule and what to do. Never says what the password was. */
export async function checkNewPassword(
  password: string,
  context: PasswordContext,
  leaks: { tenantId: string; breached: BreachedPasswords | undefined },
): Promise<void> {
  const common = await loadCommonPasswords();
  const rule =
    RULES.find(({ refuses }) => refuses(password, context, common)) ??
    ((await isGuessable(password, context)) ? GUESSABLE : undefined);
  // Asked last, and only about what nothing here is against.
  if (rule === undefined) return refuseBreached(leaks.breached, { tenantId: leaks.tenantId, password });
  throw signinErrors.password_refused({
    message: rule.message,
    fields: [{ path: 'password', message: rule.message }],
    details: { rule: rule.name },
  });
}

/** After the other rules: it costs the most, and says the least about why. */
async function isGuessable(password: string, { email, name }: PasswordContext): Promise<boolean> {
  const guesses = await loadPasswordGuesses();
  return guesses.score(password, [...PRODUCT_WORDS, email, name, ...email.split('@')]) <= GUESSABLE_SCORE_MAX;
}

function lengthOf(password: string): number {
  return Array.from(password).length;
}

function isAboutContext(password: string, { email, name }: PasswordContext): boolean {
  const text = fold(password);
  const words = [...PRODUCT_WORDS, ...`${email} ${name}`.split(/[\s@.,_+'-]+/u), email.split('@')[0] ?? '']
    .map(fold)
    .filter((word) => lengthOf(word) >= CONTEXT_WORD_LENGTH_MIN)
    // The longest first, so that a part of it found earlier does not hide the whole.
    .sort((left, right) => right.length - left.length);
  const rest = words.reduce((remaining, word) => remaining.replaceAll(word, ''), text);
  return rest !== text && lengthOf(rest) < BESIDES_CONTEXT_MIN;
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase();
