/**
 * Who is calling, and may they? Without a framework; `/express`, `/fastify`, `/hono`, `/fetch` and `/passport` are made of it.
 * Works with any OAuth 2.0 or OpenID Connect issuer, wherever there is Web Crypto.
 */
export { type Actor, type Auth, type Claims, PRINCIPAL_TYPES, type PrincipalType } from './auth.ts';
export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorDetails,
  type ChallengeMembers,
  ConfigurationError,
} from './auth-error.ts';
export { createVerifier, type Verifier } from './create-verifier.ts';
export type { Decision, Question } from './decisions.ts';
export { type Authorize, createAuthorize, type PolicyTypes, type QuestionOf } from './policy-types.ts';
export type { PresentedRequest } from './presented.ts';
export type { UsedProofs } from './used-proofs.ts';
export type { VerifierOptions } from './verifier-options.ts';
export type { TokenType } from './verify-jwt.ts';
