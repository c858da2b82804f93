/** `@gatehouse/sdk/verify`: who is calling? */
export type { Auth } from './auth.ts';
