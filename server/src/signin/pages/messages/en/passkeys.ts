/** Passkeys and security keys. */
export const passkeys = {
  failed: 'That did not work, or was cancelled. Try again, or go on another way.',
  signIn: 'Sign in with a passkey',
  confirm: 'Use a passkey or security key',
  create: 'Create a passkey',
};
