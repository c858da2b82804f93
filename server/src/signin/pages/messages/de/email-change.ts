import type { Messages } from '../messages.ts';

export const emailChange: Messages['emailChange'] = {
  title: 'E-Mail-Adresse ändern',
  note: 'Mit ihr melden Sie sich an. Sie ändert sich, sobald Sie die neue durch eine Mail bestätigt haben; die alte erfährt davon.',
  change: 'Ändern',
  email: 'Neue E-Mail-Adresse',
  send: 'Mail senden',
  codeNote:
    'Wenn die Adresse frei ist, ist eine Mail dorthin unterwegs. Geben Sie den Code daraus ein, oder öffnen Sie den Link.',
  code: 'Code aus der Mail',
  confirm: 'Bestätigen',
};
