/** What somebody proves themselves with besides a password. */
export const factors = {
  intro: 'What you prove that it is you with, besides your password.',
  passkeys: 'Passkeys and security keys',
  passkeysNote: 'The strongest there is: they can’t be guessed, and don’t work on a false page.',
  noPasskeys: 'You have no passkeys yet.',
  addPasskey: 'Add a passkey',
  needsScript: 'Adding a passkey takes JavaScript, which is off in this browser.',
  neverUsed: 'not used yet',
  lastUsed: (when: string) => `used ${when}`,
  name: 'New name',
  rename: 'Rename',
  remove: 'Remove',
  totp: 'Authenticator app',
  totpNote: 'An app on your phone that shows a new code every half minute.',
  addTotp: 'Set up an app',
  replaceTotp: 'Set up another app',
  since: (when: string) => `Set up ${when}.`,
  recoveryCodes: 'Recovery codes',
  codesLeft: (count: number) =>
    count === 1 ? 'You have 1 left. Each gets you in once.' : `You have ${count} left. Each gets you in once.`,
  newCodes: 'Make new codes',
};
