/** A forgotten password. */
export const recovery = {
  title: 'Forgot your password?',
  intro: 'Enter your e-mail address. If there is an account with it, we send you a link to choose a new password.',
  email: 'E-mail address',
  submit: 'Send the link',
  sentTitle: 'Look into your mailbox',
  sent: 'If there is an account with that address, a link is on its way. It works once, for 30 minutes. Look into the spam folder too.',
  backToSignIn: 'Back to sign-in',
  newTitle: 'Choose a new password',
  newIntro: (email: string) => `For ${email}. Everyone who is signed in to the account is signed out.`,
  password: 'New password',
  passwordAgain: 'New password, once more',
  passwordsDiffer: 'The two passwords are not the same.',
  set: 'Set the password',
  doneTitle: 'Your new password is set',
  done: 'Sign in with it now. If your account asks for a second factor, it still does.',
};
