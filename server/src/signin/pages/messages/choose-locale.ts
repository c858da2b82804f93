import { DEFAULT_LOCALE, findLocale, LOCALES, type Locale } from './locale.ts';

/** What is known about the languages somebody reads. Everything here comes from outside. */
export interface LanguageWishes {
  /** Chosen with the switch on a page of ours: what a person said themselves outranks all else. */
  chosen?: string | undefined;
  /** What the application asks for: space-separated tags, best first (OpenID Connect Core §3.1.2.1). */
  uiLocales?: string | undefined;
  /** What the browser says (RFC 9110 §12.5.4). */
  acceptLanguage?: string | undefined;
}

/** Longer than any browser sends; above it the header is not read. */
const HEADER_LENGTH_MAX = 1024;

export function chooseLocale({ chosen, uiLocales, acceptLanguage }: LanguageWishes): Locale {
  return (
    (chosen === undefined ? undefined : findLocale(chosen)) ??
    firstSpoken((uiLocales ?? '').slice(0, HEADER_LENGTH_MAX).split(' ')) ??
    firstSpoken(ranges(acceptLanguage ?? '')) ??
    DEFAULT_LOCALE
  );
}

/** RFC 4647 §3.4, lookup: `de-AT` is answered by `de`. */
function firstSpoken(tags: readonly string[]): Locale | undefined {
  for (const tag of tags) {
    const found = LOCALES.find((each) => each.tag === tag.toLowerCase().split('-')[0]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The tags of an Accept-Language header, the most wanted first. `q=0` means "not this one". */
function ranges(header: string): readonly string[] {
  if (header.length > HEADER_LENGTH_MAX) return [];
  return header
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((text) => text.trim());
      const q = parameters.find((parameter) => parameter.toLowerCase().startsWith('q='));
      return { tag, weight: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag);
}
