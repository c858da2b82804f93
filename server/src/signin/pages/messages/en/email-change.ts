/** Another address for one's account. */
export const emailChange = {
  title: 'Change your e-mail address',
  note: 'You sign in with it. It changes once you have confirmed the new one by a mail, and the old one is told.',
  change: 'Change',
  email: 'New e-mail address',
  send: 'Send the mail',
  codeNote: 'If the address is free, a mail is on its way to it. Type the code in it, or open its link.',
  code: 'Code from the mail',
  confirm: 'Confirm',
};
