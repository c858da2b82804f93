import type { OwnWords } from '../../language/own-words.ts';

const en = {
  factors: {
    title: 'Ways to sign in',
    lead: 'What they prove themselves with.',
    none: 'Nothing is set up yet.',
    password: 'A password',
    totp: 'Authenticator app',
    passkey: 'Passkey',
    synced: 'synced',
    since: 'since',
    used: 'used',
    neverUsed: 'never used',
    recoveryCodes: (left: number): string => `${left} recovery ${left === 1 ? 'code' : 'codes'} left`,
    remove: 'Remove',
    removed: (name: string): string => `${name} was removed`,
    removeTitle: (name: string, person: string): string => `Remove “${name}” of ${person}`,
    removeText:
      'They can no longer sign in with it, and are told by mail. Their sessions go on: end them too where somebody else may have it.',
  },
};

const de: typeof en = {
  factors: {
    title: 'Wege zur Anmeldung',
    lead: 'Womit die Person nachweist, wer sie ist.',
    none: 'Noch ist nichts eingerichtet.',
    password: 'Ein Passwort',
    totp: 'Authenticator-App',
    passkey: 'Passkey',
    synced: 'synchronisiert',
    since: 'seit',
    used: 'benutzt',
    neverUsed: 'nie benutzt',
    recoveryCodes: (left) => `${left} ${left === 1 ? 'Wiederherstellungscode' : 'Wiederherstellungscodes'} übrig`,
    remove: 'Entfernen',
    removed: (name) => `${name} ist entfernt`,
    removeTitle: (name, person) => `„${name}“ von ${person} entfernen`,
    removeText:
      'Damit geht keine Anmeldung mehr, und die Person erfährt es per Mail. Ihre Sitzungen laufen weiter: Beenden Sie auch diese, wenn jemand anderes es haben könnte.',
  },
};

export const words: OwnWords<typeof en> = { en, de };
