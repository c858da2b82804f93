/** Asked when an application wants to sign somebody out and can't show that it may. */
export const logout = {
  title: 'Sign out?',
  message: 'You will be signed out here, and of the applications that you signed in to with this account.',
  asked: (client: string) =>
    `${client} asks to sign you out. You will be signed out here, and of the applications that you signed in to with this account.`,
  confirm: 'Sign out',
};
