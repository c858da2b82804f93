/** The headings of error pages, by code, and what stands around them. */
export const failures = {
  other: 'This did not work',
  goToSignIn: 'Go to sign-in',
  unreadableForm: 'The form could not be read. Go back and send it again.',
  titles: {
    setup_link_refused: 'This link can’t be used',
    setup_already_done: 'Everything is set up already',
    form_refused: 'This form can’t be used',
    session_not_found: 'No such session',
    internal_error: 'Something went wrong',
  } as Readonly<Record<string, string>>,
};
