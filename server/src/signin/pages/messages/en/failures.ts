/** The headings of error pages, by code, and what stands around them. */
export const failures = {
  other: 'This did not work',
  goToSignIn: 'Go to sign-in',
  unreadableForm: 'The form could not be read. Go back and send it again.',
  nothingHere: 'The address may be mistyped, or what was here is gone.',
  /** Of an error that has no words in this language: never those of another. */
  unexplained: 'That can’t be done here. Nothing was changed.',
  titles: {
    setup_link_refused: 'This link can’t be used',
    setup_already_done: 'Everything is set up already',
    form_refused: 'This form can’t be used',
    session_not_found: 'No such session',
    path_not_found: 'There is nothing here',
    internal_error: 'Something went wrong',
  } as Readonly<Record<string, string>>,
};
