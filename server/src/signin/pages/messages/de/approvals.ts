import type { Messages } from '../messages.ts';

export const approvals: Messages['approvals'] = {
  title: 'Anfragen zur Freigabe',
  none: 'Nichts wartet auf Ihre Antwort.',
  warning: 'Geben Sie nur frei, was Sie gerade selbst begonnen haben, und nur wenn die Worte übereinstimmen.',
  message: 'Nachricht',
  asked: 'Angefragt',
  approve: 'Freigeben',
  decline: 'Ablehnen',
};
