import type { OwnWords } from '../language/own-words.ts';

const en = {
  key: 'Key or token',
  keyHint: 'Goes to the gateway and is kept nowhere.',
  anonymous: 'none',
  body: 'Body (JSON)',
  send: 'Send',
  answer: 'Answer',
  took: (milliseconds: number): string => `in ${milliseconds} ms`,
  headers: 'Headers that a page may read',
  cut: 'The rest is left out.',
  unreachable:
    'No answer that this page may read. Either the gateway can’t be reached from here, or the route does not let pages of this address read its answers: its cors.origins must name it. The command below works either way.',
  origin: 'This address',
};

const de: typeof en = {
  key: 'Schlüssel oder Token',
  keyHint: 'Geht zum Gateway und wird nirgends behalten.',
  anonymous: 'keiner',
  body: 'Rumpf (JSON)',
  send: 'Senden',
  answer: 'Antwort',
  took: (milliseconds) => `in ${milliseconds} ms`,
  headers: 'Kopfzeilen, die eine Seite lesen darf',
  cut: 'Der Rest ist weggelassen.',
  unreachable:
    'Keine Antwort, die diese Seite lesen darf. Entweder ist das Gateway von hier nicht zu erreichen, oder die Route lässt Seiten dieser Adresse ihre Antworten nicht lesen: Ihre cors.origins müssen sie nennen. Der Befehl unten geht in jedem Fall.',
  origin: 'Diese Adresse',
};

export const callWords: OwnWords<typeof en> = { en, de };
