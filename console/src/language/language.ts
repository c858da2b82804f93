import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { en } from './en/en.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'console';
    resources: { console: typeof en };
  }
}

const CHOSEN = 'gatehouse.language';
const LOADERS: Record<Language, () => Promise<object>> = {
  en: async () => (await import('./en/en.ts')).en,
  de: async () => (await import('./de/de.ts')).de,
};

const isLanguage = (text: string | null | undefined): text is Language => text != null && text in LANGUAGES;

/** What was chosen here, or the first of the browser's that we speak. */
function preferred(): Language {
  const chosen = localStorage.getItem(CHOSEN);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? 'en';
}

/** Loads one language; the other stays on the server until somebody wants it. */
export async function openLanguage(): Promise<void> {
  const language = preferred();
  await i18next.use(initReactI18next).init({
    lng: language,
    defaultNS: 'console',
    ns: ['console'],
    resources: { [language]: { console: await LOADERS[language]() } },
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'console')) {
    i18next.addResourceBundle(language, 'console', await LOADERS[language]());
  }
  localStorage.setItem(CHOSEN, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
