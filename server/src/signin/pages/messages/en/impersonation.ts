/** Where an administrator acts for somebody. */
export const impersonation = {
  title: (name: string) => `Act for ${name}?`,
  message: (email: string, minutes: number) =>
    `You will see applications as ${email} sees them, for ${minutes} minutes at most. You can’t change the account, and all you do is written down under your own name.`,
  reason: (reason: string) => `Your reason: “${reason}”`,
  begin: 'Act for this person',
  banner: (name: string) => `You act for ${name}. Nothing can be changed here, and what you do is written down.`,
  end: 'Be yourself again',
  acting: 'An administrator, acting for you',
};
