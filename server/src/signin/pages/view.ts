import type { GatehouseError } from '#base';
import { type Brand, GATEHOUSE_BRAND } from './brand.ts';
import { DEFAULT_LOCALE, type Locale } from './messages/locale.ts';

/** How a page is shown, apart from what it says: every page is rendered with one. */
export interface View {
  locale: Locale;
  brand: Brand;
  /** Where the language switch comes back to: the address of this page (a path on our origin). */
  path: string;
  /** Of who is signed in: with it, the language switch is kept with the account. */
  formToken?: { csrf_token: string };
}

export const PLAIN_VIEW: View = { locale: DEFAULT_LOCALE, brand: GATEHOUSE_BRAND, path: '/sign-in' };

/** What an error says, in the language of the page where there are words for it; else as the catalogue says it. */
export function errorText(
  { locale }: View,
  error: Pick<GatehouseError, 'code' | 'message'> & { details?: GatehouseError['details'] },
): string {
  const { code, message, details } = error;
  const said = locale.errors[`${code}.${String(details?.rule)}`] ?? locale.errors[code];
  // The catalogues speak English: where a page does not, a word too little is better than one in another language.
  return said ?? (locale === DEFAULT_LOCALE ? message : locale.text.failures.unexplained);
}
