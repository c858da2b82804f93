import type { Messages } from '../messages.ts';

export const factors: Messages['factors'] = {
  intro: 'Womit Sie außer dem Passwort zeigen, dass Sie es sind.',
  passkeys: 'Passkeys und Sicherheitsschlüssel',
  passkeysNote: 'Stärker geht es nicht: Sie lassen sich nicht erraten und wirken auf keiner falschen Seite.',
  noPasskeys: 'Sie haben noch keine Passkeys.',
  addPasskey: 'Passkey hinzufügen',
  needsScript: 'Um einen Passkey hinzuzufügen, braucht es JavaScript, das in diesem Browser aus ist.',
  neverUsed: 'noch nicht verwendet',
  lastUsed: (when) => `verwendet ${when}`,
  name: 'Neuer Name',
  rename: 'Umbenennen',
  remove: 'Entfernen',
  totp: 'Authenticator-App',
  totpNote: 'Eine App auf Ihrem Telefon, die jede halbe Minute einen neuen Code zeigt.',
  addTotp: 'App einrichten',
  replaceTotp: 'Andere App einrichten',
  since: (when) => `Eingerichtet ${when}.`,
  recoveryCodes: 'Wiederherstellungscodes',
  codesLeft: (count) =>
    count === 1
      ? 'Sie haben noch 1. Jeder lässt Sie einmal ein.'
      : `Sie haben noch ${count}. Jeder lässt Sie einmal ein.`,
  newCodes: 'Neue Codes erstellen',
};
