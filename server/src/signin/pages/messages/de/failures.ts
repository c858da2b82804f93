import type { Messages } from '../messages.ts';

export const failures: Messages['failures'] = {
  other: 'Das hat nicht geklappt',
  goToSignIn: 'Zur Anmeldung',
  unreadableForm: 'Das Formular konnte nicht gelesen werden. Gehen Sie zurück und senden Sie es noch einmal.',
  nothingHere: 'Vielleicht ist die Adresse vertippt, oder was hier war, gibt es nicht mehr.',
  unexplained: 'Das geht hier nicht. Es wurde nichts geändert.',
  titles: {
    setup_link_refused: 'Dieser Link kann nicht verwendet werden',
    setup_already_done: 'Alles ist bereits eingerichtet',
    form_refused: 'Dieses Formular kann nicht verwendet werden',
    session_not_found: 'Keine solche Sitzung',
    path_not_found: 'Hier ist nichts',
    internal_error: 'Etwas ist schiefgegangen',
  },
};
