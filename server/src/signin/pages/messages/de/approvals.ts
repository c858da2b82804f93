import type { Messages } from '../messages.ts';

export const approvals: Messages['approvals'] = {
  title: 'Anfragen zur Freigabe',
  none: 'Nichts wartet auf Ihre Antwort.',
  warning: 'Geben Sie nur frei, was Sie gerade selbst begonnen haben, und nur wenn die Worte übereinstimmen.',
  message: 'Nachricht',
  asked: 'Angefragt',
  approve: 'Freigeben',
  decline: 'Ablehnen',
  code: 'Ihr Code',
  codeIsNotSet: 'Legen Sie einen Code fest, wenn nur anfragen darf, wem Sie ihn gesagt haben.',
  codeIsSet: 'Es fragt nur an, wem Sie Ihren Code gesagt haben.',
  newCode: 'Neuer Code, mindestens 4 Zeichen',
  setCode: 'Code festlegen',
  removeCode: 'Code entfernen',
};
