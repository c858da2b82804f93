import type { OwnWords } from '../../language/own-words.ts';

const en = {
  lead: 'Accounts of programs. Their keys act in their name, and can do no more than their roles.',
  add: 'New service account',
  added: (name: string): string => `${name} was made`,
  emptyTitle: 'No service account yet',
  emptyText:
    'Make one for each program, and give it keys. When somebody leaves, what they set up goes on; when a program ends, all its keys end with it.',
  nameHint: 'What the program is called, such as “nightly import”',
  keys: 'Keys',
  keysLead: 'Each acts in the name of this account, newest first.',
  noKeys: 'No key yet: the program can’t call anything.',
  disable: 'Suspend',
  disableTitle: (name: string): string => `Suspend ${name}?`,
  disableText: 'All its keys are refused at once. You can let it in again later.',
  disabled: (name: string): string => `${name} was suspended`,
  enable: 'Let in again',
  enabled: (name: string): string => `The keys of ${name} are good again`,
  deleteTitle: (name: string): string => `Delete ${name} for good?`,
  deleteText: 'Its keys end at once, and whatever uses them stops working.',
  deleted: (name: string): string => `${name} was deleted`,
};

const de: typeof en = {
  lead: 'Konten von Programmen. Ihre Schlüssel handeln in ihrem Namen und dürfen nicht mehr als ihre Rollen.',
  add: 'Neues Dienstkonto',
  added: (name) => `${name} ist angelegt`,
  emptyTitle: 'Noch kein Dienstkonto',
  emptyText:
    'Legen Sie für jedes Programm eines an und geben Sie ihm Schlüssel. Geht jemand, läuft weiter, was eingerichtet wurde; endet ein Programm, enden alle seine Schlüssel mit ihm.',
  nameHint: 'Wie das Programm heißt, etwa „nächtlicher Import“',
  keys: 'Schlüssel',
  keysLead: 'Jeder handelt im Namen dieses Kontos, der neueste zuerst.',
  noKeys: 'Noch kein Schlüssel: Das Programm kann nichts aufrufen.',
  disable: 'Sperren',
  disableTitle: (name) => `${name} sperren?`,
  disableText: 'Alle Schlüssel des Kontos werden sofort abgewiesen. Später können Sie es wieder einlassen.',
  disabled: (name) => `${name} ist gesperrt`,
  enable: 'Wieder einlassen',
  enabled: (name) => `Die Schlüssel von ${name} gelten wieder`,
  deleteTitle: (name) => `${name} endgültig löschen?`,
  deleteText: 'Die Schlüssel enden sofort, und was sie benutzt, hört auf zu arbeiten.',
  deleted: (name) => `${name} ist gelöscht`,
};

export const words: OwnWords<typeof en> = { en, de };
