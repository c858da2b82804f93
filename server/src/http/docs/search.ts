import type { Library } from './library.ts';
import { addressOf, slugOf } from './markdown.ts';

export interface Found {
  /** The page's title, and its section where the words stand. */
  title: string;
  section: string;
  href: string;
  /** The words and what is around them. */
  excerpt: string;
}

interface Section {
  page: string;
  title: string;
  heading: string;
  text: string;
  lower: string;
}

const QUERY_CHARACTERS_MAX = 100;
const WORDS_MAX = 6;
const RESULTS_MAX = 30;
const EXCERPT_CHARACTERS = 180;

/** Sections that hold every word, those with a word in their heading first. A few hundred kilobytes: looked through as they are. */
export function searchIn({ pages }: Library): (query: string) => Found[] {
  let sections: Section[] | undefined;
  return (query) => {
    const words = query.slice(0, QUERY_CHARACTERS_MAX).toLowerCase().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
    if (words.length === 0) return [];
    sections ??= [...pages].flatMap(([page, text]) => sectionsOf(page, text));
    return sections
      .filter(({ lower }) => words.every((word) => lower.includes(word)))
      .map((section) => ({ section, rank: rankOf(section, words) }))
      .toSorted((a, b) => b.rank - a.rank)
      .slice(0, RESULTS_MAX)
      .map(({ section }) => ({
        title: section.title,
        section: section.heading,
        href: addressOf(section.page) + (section.heading === section.title ? '' : `#${slugOf(section.heading)}`),
        excerpt: excerptOf(section, words[0] ?? ''),
      }));
  };
}

function sectionsOf(page: string, text: string): Section[] {
  const parts = text.split(/^(?=#{1,3} )/m).filter((part) => part.startsWith('#'));
  const plain = (heading: string) => heading.replace(/^#+ /, '').replaceAll(/[`*]|\[|\]\([^)]*\)/g, '');
  const title = plain(parts[0]?.split('\n', 1)[0] ?? page);
  return parts.map((part) => {
    const [first = '', ...rest] = part.split('\n');
    const body = rest
      // Nor the line between the head of a table and its rows.
      .filter((line) => !line.startsWith('```') && !/^[|\s:-]+$/.test(line))
      .join('\n')
      .replaceAll(/\]\([^)]*\)|[`*[|]|^-+$/gm, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
    const heading = plain(first);
    return { page, title, heading, text: body, lower: `${title} ${heading} ${body}`.toLowerCase() };
  });
}

/** How to do something first, and why it was decided after everything else. */
const KINDS = [
  ['guides/', 0.5],
  ['reference/', -0.5],
  ['adr/', -20],
] as const;

function rankOf({ page, title, heading }: Section, words: readonly string[]): number {
  const inHeading = words.filter((word) => heading.toLowerCase().includes(word)).length;
  const inTitle = words.filter((word) => title.toLowerCase().includes(word)).length;
  const kind = KINDS.find(([folder]) => page.startsWith(folder))?.[1] ?? 0;
  return inHeading * 2 + inTitle + kind;
}

function excerptOf({ text }: Section, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - EXCERPT_CHARACTERS / 3);
  const start = at === 0 ? 0 : text.indexOf(' ', at) + 1;
  const cut = text.slice(start, start + EXCERPT_CHARACTERS);
  return `${start > 0 ? '… ' : ''}${cut}${start + EXCERPT_CHARACTERS < text.length ? ' …' : ''}`;
}
