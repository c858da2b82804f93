/** A code by mail as the second factor. */
export const emailFactor = {
  intro: (email: string) => `To make sure that it is you, we send a code to ${email}.`,
  send: 'Send the code',
  sent: (email: string) => `We sent a mail to ${email}. Type the code in it, or open its link in this browser.`,
  code: 'Code from the mail',
  again: 'Send a new code',
  codeTitle: 'Your code',
  codeNote: 'Type it where you began to sign in. Nobody of ours ever asks you for it: tell it to no one.',
  linkTitle: 'Go on signing in',
  link: 'You opened the link in the browser in which you are signing in.',
  linkSubmit: 'Sign in',
};
