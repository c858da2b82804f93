/** The steps of a sign-in after the first, and setting up what they ask for. */
export const flow = {
  confirmTitle: 'Confirm that it is you',
  signingInAs: (email: string) => `Signing in as ${email}.`,
  appCode: 'Code from your authenticator app',
  recoveryCode: 'Recovery code',
  lostDevice: 'Lost your device? Enter one of your recovery codes instead.',
  rememberDevice: (days: number) => `Don’t ask again on this device for ${days} days`,
  startOver: 'Start over',
  passwordAgain: 'What you are about to do needs your password again.',
  passwordOf: (email: string) => `Password of ${email}`,
  enrolTitle: 'Set up a second factor',
  enrolWhy: 'Your account needs more than a password.',
  enrolTotp: 'Scan this with an authenticator app, then enter the code that it shows.',
  newCode: 'Code from the app',
  confirm: 'Confirm',
  recoveryCodesTitle: 'Your recovery codes',
  recoveryCodes:
    'Keep them where you keep your passport. Each gets you in once when you have lost your second factor. They are not shown again.',
  haveKeptThem: 'I have kept them',
};
