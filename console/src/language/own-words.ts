import { useTranslation } from 'react-i18next';

/** The words of one screen in every language, with functions where a number or a name stands in between. */
export interface OwnWords<Words> {
  en: Words;
  de: Words;
}

/**
 * Words that only one screen uses come with that screen's script, so that nobody loads them at the start. What all screens
 * say stands in `language/<language>/common.ts`.
 */
export function useWords<Words>(words: OwnWords<Words>): Words {
  const { i18n } = useTranslation();
  return i18n.language.startsWith('de') ? words.de : words.en;
}
