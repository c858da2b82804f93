import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { en } from './en/en.ts';
import { keepLanguage, type Language, preferredLanguage } from './preferred-language.ts';

export { LANGUAGES, type Language } from './preferred-language.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'console';
    resources: { console: typeof en };
  }
}

const LOADERS: Record<Language, () => Promise<object>> = {
  en: async () => (await import('./en/en.ts')).en,
  de: async () => (await import('./de/de.ts')).de,
};

/** Loads one language; the other stays on the server until somebody wants it. */
export async function openLanguage(): Promise<void> {
  const language = preferredLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    defaultNS: 'console',
    ns: ['console'],
    resources: { [language]: { console: await LOADERS[language]() } },
    interpolation: { escapeValue: false },
  });
}

export async function chooseLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'console')) {
    i18next.addResourceBundle(language, 'console', await LOADERS[language]());
  }
  keepLanguage(language);
  await i18next.changeLanguage(language);
}
