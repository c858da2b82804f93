import { defineErrors } from '#base';

export const apikeysErrors = defineErrors({
  api_key_not_found: {
    category: 'not_found',
    message: 'There is no API key with that id. List the keys to see which exist.',
  },
  api_key_plan_unknown: {
    category: 'invalid_input',
    message: 'There is no plan with that name. Create it first, or leave the plan out.',
  },
});
