/** Joining by a link that came by mail. */
export const invitation = {
  title: 'You are invited',
  invitedBy: (inviter: string, place: string) => `${inviter} invites you to join ${place}.`,
  invited: (place: string) => `You are invited to join ${place}.`,
  withRoles: (roles: string) => `Your roles there: ${roles}.`,
  newAccount: (email: string) => `Choose a name and a password for your account with ${email}.`,
  join: 'Create the account and join',
  signedInAs: (email: string) => `You are signed in as ${email}.`,
  accept: 'Accept the invitation',
  signInFirst: (email: string) => `There is an account with ${email}. Sign in to it to accept.`,
  other: (current: string, email: string) =>
    `You are signed in as ${current}, and the invitation is for ${email}. Sign in with that address to accept.`,
  signIn: 'Sign in',
  doneTitle: 'Welcome',
  done: (place: string) => `You have joined ${place}.`,
  goToAccount: 'Go to your account',
};
