import type { MailTemplateName } from './mail-templates.ts';
import type { TemplateText } from './render-mail.ts';
import { ENGLISH } from './shipped/english.ts';
import { GERMAN } from './shipped/german.ts';
import { type Letter, layOut } from './shipped/lay-out.ts';

const LANGUAGES: Readonly<Record<string, Readonly<Record<MailTemplateName, Letter>>>> = { en: ENGLISH, de: GERMAN };

export const SHIPPED_LOCALES = Object.keys(LANGUAGES);

/** Laid out when first asked for, and kept. */
const laidOut = new Map<string, TemplateText>();

export function shippedTemplate(name: MailTemplateName, locale: string): TemplateText | undefined {
  const key = `${locale} ${name}`;
  const found = laidOut.get(key);
  if (found !== undefined) return found;
  const letter = Object.hasOwn(LANGUAGES, locale) ? LANGUAGES[locale]?.[name] : undefined;
  if (letter === undefined) return undefined;
  const template = layOut(letter, locale);
  laidOut.set(key, template);
  return template;
}
