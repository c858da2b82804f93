import type { Messages } from '../messages.ts';

export const emailFactor: Messages['emailFactor'] = {
  intro: (email) => `Um sicher zu sein, dass Sie es sind, senden wir einen Code an ${email}.`,
  send: 'Code senden',
  sent: (email) =>
    `Wir haben eine Mail an ${email} gesendet. Geben Sie den Code daraus ein, oder öffnen Sie den Link in diesem Browser.`,
  code: 'Code aus der Mail',
  again: 'Neuen Code senden',
  codeTitle: 'Ihr Code',
  codeNote:
    'Geben Sie ihn dort ein, wo Sie sich anmelden. Niemand von uns fragt Sie je danach: Sagen Sie ihn niemandem.',
  linkTitle: 'Weiter mit der Anmeldung',
  link: 'Sie haben den Link in dem Browser geöffnet, in dem Sie sich anmelden.',
  linkSubmit: 'Anmelden',
};
