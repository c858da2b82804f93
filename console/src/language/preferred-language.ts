export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const CHOSEN = 'gatehouse.language';

const isLanguage = (text: string | null | undefined): text is Language => text != null && text in LANGUAGES;

/** What was chosen here, or the first of the browser's that we speak. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(CHOSEN);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((each) => each.slice(0, 2)).find(isLanguage) ?? 'en';
}

export function keepLanguage(language: Language): void {
  localStorage.setItem(CHOSEN, language);
  document.documentElement.lang = language;
}
