import type { OwnWords } from '../../language/own-words.ts';

const en = {
  label: 'Acts for',
  hint: 'It can do no more than they may, and ends with them. Left open, it acts for itself.',
  placeholder: 'Name, address or id',
  me: 'You',
  people: 'People',
  accounts: 'Service accounts',
  typed: 'By its id',
  nobody: 'Nobody is called so',
};

const de: typeof en = {
  label: 'Handelt für',
  hint: 'Er darf nie mehr als sie und endet mit ihnen. Bleibt das offen, handelt er für sich selbst.',
  placeholder: 'Name, Adresse oder Kennung',
  me: 'Sie selbst',
  people: 'Personen',
  accounts: 'Dienstkonten',
  typed: 'Mit seiner Kennung',
  nobody: 'So heißt niemand',
};

export const ownerWords: OwnWords<typeof en> = { en, de };
