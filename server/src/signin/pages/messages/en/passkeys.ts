/** Passkeys and security keys. */
export const passkeys = {
  failed: 'That did not work, or was cancelled. Try again, or go on another way.',
  signIn: 'Use a passkey',
  confirm: 'Use your passkey or security key',
  create: 'Create a passkey',
};
