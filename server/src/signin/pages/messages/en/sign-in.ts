/** Signing in and out. */
export const signIn = {
  title: 'Sign in',
  welcome: 'Welcome back. Use the account your administrator gave you.',
  welcomeAnybody: 'Welcome back. If you are new here, create an account first.',
  email: 'E-mail address',
  password: 'Password',
  submit: 'Sign in',
  at: (host: string) => `You are signing in at ${host}`,
  signedInTitle: 'Signed in',
  signedIn: 'You are signed in',
  onward: 'Taking you to where you were going.',
  signedOutTitle: 'Signed out',
  signedOut: 'You are signed out',
  signedOutNote:
    'This browser can no longer use your account. Applications you signed in to may keep you signed in there.',
  again: 'Sign in again',
};
