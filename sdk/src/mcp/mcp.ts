export type { Auth } from '../verify/auth.ts';
