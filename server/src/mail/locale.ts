/** A language, perhaps with a region (RFC 5646 §2.1): `de`, `pt-BR`. */
export const LOCALE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?$/;

export const DEFAULT_LOCALE = 'en';
const HEADER_LENGTH_MAX = 1000;

/** What a browser asks for first (RFC 9110 §12.5.4), or English. Whether there are words in it is seen when they are needed. */
export function preferredLocale(acceptLanguage: string | undefined): string {
  const ranges = (acceptLanguage ?? '')
    .slice(0, HEADER_LENGTH_MAX)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = parameters.map((text) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/.exec(text)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => LOCALE.test(tag) && quality > 0);
  // `sort` is stable: of two that are wanted alike the first named wins.
  return ranges.sort((left, right) => right.quality - left.quality)[0]?.tag ?? DEFAULT_LOCALE;
}

/** From the exact language to English, each once: `pt-BR`, `pt`, `en`. */
export function localeChain(locale: string): string[] {
  const exact = locale.toLowerCase();
  return [...new Set([exact, exact.split('-')[0] ?? exact, DEFAULT_LOCALE])];
}
