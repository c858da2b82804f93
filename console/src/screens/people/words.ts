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
  members: {
    lead: 'The people of your organization, and what they may do in it.',
    roles: 'Change the roles',
    rolesHint: 'Of those that you hold yourself.',
  },
  everySession: {
    lead: 'Everybody who is signed in, newest first. What ends here ends at once, with the tokens that applications got.',
    person: 'Person',
    device: 'Device',
    proof: 'Proved by',
    address: 'Address',
    since: 'Since',
    seen: 'Last seen',
    acting: 'an administrator acts',
    endAll: 'End all of this person',
    endEverybody: 'End everybody’s',
    endEverybodyTitle: 'End every session there is?',
    endEverybodyText:
      'Everybody is signed out at once, in applications too, and so are you. For after a breach, or when a policy is to hold for all from now on.',
    everybody: 'everybody',
  },
  impersonate: {
    open: 'Act for this person',
    title: (name: string): string => `Act for ${name}`,
    text: 'You see applications as they do, in this browser, for as long as you say. Their account can’t be changed; everything you do is written down under your name, and they are told unless the sign-in policy says otherwise.',
    reasonHint: 'The person and the audit log read it.',
    minutes: 'Minutes at most',
    go: 'Go on',
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
  members: {
    lead: 'Die Personen Ihrer Organisation, und was sie darin dürfen.',
    roles: 'Rollen ändern',
    rolesHint: 'Von denen, die Sie selbst haben.',
  },
  everySession: {
    lead: 'Alle, die angemeldet sind, die neuesten zuerst. Was hier endet, endet sofort, mit den Tokens der Anwendungen.',
    person: 'Person',
    device: 'Gerät',
    proof: 'Nachgewiesen mit',
    address: 'Adresse',
    since: 'Seit',
    seen: 'Zuletzt gesehen',
    acting: 'Verwaltung handelt',
    endAll: 'Alle dieser Person beenden',
    endEverybody: 'Die von allen beenden',
    endEverybodyTitle: 'Jede Sitzung beenden, die es gibt?',
    endEverybodyText:
      'Alle werden sofort abgemeldet, auch in Anwendungen, und Sie selbst ebenso. Für nach einem Einbruch, oder wenn eine Richtlinie ab jetzt für alle gelten soll.',
    everybody: 'alle',
  },
  impersonate: {
    open: 'Für diese Person handeln',
    title: (name) => `Für ${name} handeln`,
    text: 'Sie sehen Anwendungen wie diese Person, in diesem Browser, so lange Sie sagen. Das Konto lässt sich nicht ändern; alles, was Sie tun, steht unter Ihrem Namen im Protokoll, und die Person erfährt es, sofern die Anmelderichtlinie nichts anderes sagt.',
    reasonHint: 'Die Person und das Protokoll lesen ihn.',
    minutes: 'Minuten, höchstens',
    go: 'Weiter',
  },
};

export const words: OwnWords<typeof en> = { en, de };
