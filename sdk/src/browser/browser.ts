export { AuthError, type AuthErrorCode } from './auth-error.ts';
export { type BrowserClient, createBrowserClient } from './browser-client.ts';
export type { AuthState, BrowserClientOptions, SignInOptions, StepUp, User } from './options.ts';
