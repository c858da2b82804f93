import { de } from './de.ts';
import { en } from './en.ts';
import type { Messages } from './messages.ts';

/** A language that the pages speak: its words, and its way to write dates, numbers and lists (ECMA-402). */
export interface Locale {
  /** BCP 47, for `<html lang>`. */
  tag: Language;
  /** What the language calls itself: whoever looks for it must be able to read it. */
  ownName: string;
  text: Messages;
  /** A catalogue error's message by its code; absent where the catalogue itself speaks the language. */
  errors: Readonly<Record<string, string>>;
  /** "3 hours ago". Relative, because without a script the page cannot know the reader's time zone. */
  timeAgo(at: number, now: number): string;
  /** A day, in UTC. */
  day(at: number): string;
  number(value: number): string;
  /** "a, b and c". */
  list(items: readonly string[]): string;
  /** The name of a country by its ISO 3166 code; the code itself when it is none. */
  country(code: string): string;
}

const UNITS = [
  { unit: 'day', milliseconds: 86_400_000 },
  { unit: 'hour', milliseconds: 3_600_000 },
  { unit: 'minute', milliseconds: 60_000 },
] as const;

/** Made when it is first asked for: all of them take a fiftieth of a start. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function locale<const Tag extends string>(
  tag: Tag,
  ownName: string,
  text: Messages,
  errors: Readonly<Record<string, string>>,
) {
  const relative = once(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
  const day = once(() => new Intl.DateTimeFormat(tag, { dateStyle: 'long', timeZone: 'UTC' }));
  const number = once(() => new Intl.NumberFormat(tag));
  const list = once(() => new Intl.ListFormat(tag));
  const countries = once(() => new Intl.DisplayNames(tag, { type: 'region', fallback: 'code' }));
  return {
    tag,
    ownName,
    text,
    errors,
    timeAgo(at: number, now: number) {
      const elapsed = Math.max(0, now - at);
      const unit = UNITS.find(({ milliseconds }) => elapsed >= milliseconds);
      if (unit === undefined) return text.frame.justNow;
      return relative().format(-Math.floor(elapsed / unit.milliseconds), unit.unit);
    },
    day: (at: number) => day().format(at),
    number: (value: number) => number().format(value),
    list: (items: readonly string[]) => list().format(items),
    country: (code: string) => (/^[A-Z]{2}$/.test(code) ? (countries().of(code) ?? code) : code),
  };
}

const SHIPPED = [locale('en', 'English', en, {}), locale('de', 'Deutsch', de, de.errors)] as const;

export type Language = (typeof SHIPPED)[number]['tag'];

/** In the order in which the switch shows them; the first is spoken to those who ask for none of them. */
export const LOCALES: readonly Locale[] = SHIPPED;

export const DEFAULT_LOCALE: Locale = SHIPPED[0];

export function findLocale(tag: string): Locale | undefined {
  return LOCALES.find((each) => each.tag === tag);
}
