import { defineErrors } from '#base';

export const authzErrors = defineErrors({
  policy_invalid: {
    category: 'invalid_input',
    message: 'The policy is not valid Cedar. See `fields` for the position and what to correct.',
  },
});
