import { defineErrors } from '#base';

export const mailErrors = defineErrors({
  mail_address_refused: {
    category: 'invalid_input',
    message: 'Mail can’t be sent to this address. Use a plain address such as ada@example.com.',
  },
  mail_header_refused: {
    category: 'invalid_input',
    message: 'A line of a mail’s head holds a control character. Take it out of the subject or the name.',
  },
  mail_template_refused: {
    category: 'invalid_input',
    message: 'The mail template can’t be used. Correct it as the message says.',
  },
});
