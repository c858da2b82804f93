import { defineErrors } from '#base';

export const auditErrors = defineErrors({
  audit_event_too_large: {
    category: 'invalid_input',
    message: 'The change cannot be recorded because its description is longer than 64 KiB. Make the change smaller.',
  },
  audit_cursor_invalid: {
    category: 'invalid_input',
    message: 'The cursor is not one that this listing gave out. Start from the first page.',
  },
});
