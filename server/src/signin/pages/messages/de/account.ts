import type { Messages } from '../messages.ts';

export const account: Messages['account'] = {
  title: 'Ihr Konto',
  profile: 'Konto',
  roles: 'Rollen',
  none: 'Keine',
  userId: 'Benutzerkennung',
  sessions: 'Wo Sie angemeldet sind',
  sessionsNote: 'Beenden Sie eine Sitzung, die Sie nicht kennen: Sie ist sofort ungültig.',
  endOthers: 'Alle anderen beenden',
  thisSession: 'Diese Sitzung',
  activeNow: 'Gerade aktiv',
  lastSeen: (when) => `Zuletzt gesehen ${when}`,
  signedIn: (when) => `angemeldet ${when}`,
  end: 'Beenden',
  endOn: (device) => `: die Sitzung auf ${device}`,
};
