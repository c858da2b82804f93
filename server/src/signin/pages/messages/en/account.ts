/** A person's own account. */
export const account = {
  title: 'Your account',
  profile: 'Account',
  roles: 'Roles',
  none: 'None',
  userId: 'User id',
  sessions: 'Where you are signed in',
  sessionsNote: 'End a session you don’t recognise: it stops working at once.',
  endOthers: 'End all others',
  thisSession: 'This session',
  activeNow: 'Active now',
  lastSeen: (when: string) => `Last seen ${when}`,
  signedIn: (when: string) => `signed in ${when}`,
  end: 'End',
  endOn: (device: string) => ` the session on ${device}`,
};
