import type { Auth } from './auth.ts';
import type { Verifier } from './create-verifier.ts';
import type { Decision, Question } from './decisions.ts';

/** What a policy schema says, as a type. `gatehouse policy types` writes one. */
export interface PolicyTypes {
  entities: Readonly<Record<string, { id: string; properties: object }>>;
  actions: Readonly<Record<string, { resource: string; context: object }>>;
}

/** The questions that fit a schema: each action with the resources that it applies to. */
export type QuestionOf<Policies extends PolicyTypes> = {
  [Action in keyof Policies['actions'] & string]: {
    action: Action;
    resource: ResourceOf<Policies, Policies['actions'][Action]['resource']>;
  } & ContextOf<Policies['actions'][Action]['context']>;
}[keyof Policies['actions'] & string];

/** The decision point may know the rest of the properties. */
type ResourceOf<Policies extends PolicyTypes, Type extends string> = Type extends keyof Policies['entities'] & string
  ? { type: Type; id: Policies['entities'][Type]['id']; properties?: Partial<Policies['entities'][Type]['properties']> }
  : never;

type ContextOf<Context extends object> =
  Record<never, never> extends Context ? { context?: Context } : { context: Context };

export type Authorize<Policies extends PolicyTypes> = (auth: Auth, question: QuestionOf<Policies>) => Promise<Decision>;

/**
 * {@link Verifier.authorize} in the words of your policy schema: a wrong action, type or attribute does not compile. The types are
 * written by `gatehouse policy types -f schema.yaml > policies.ts`.
 *
 * @example
 * ```ts
 * import { createAuthorize, createVerifier } from '@gatehouse/sdk/verify';
 *
 * // From policies.ts.
 * interface Policies {
 *   entities: { Order: { id: string; properties: { owner: string } } };
 *   actions: { 'orders:read': { resource: 'Order'; context: Record<string, never> } };
 * }
 *
 * const verifier = createVerifier({
 *   issuer: 'https://id.example.com',
 *   audience: 'https://orders.example.com',
 *   decisionKey: process.env.DECISION_KEY ?? '',
 * });
 * const authorize = createAuthorize<Policies>(verifier);
 *
 * export async function mayRead(token: string, id: string): Promise<boolean> {
 *   const auth = await verifier.verifyToken(token);
 *   return (await authorize(auth, { action: 'orders:read', resource: { type: 'Order', id } })).allowed;
 * }
 * ```
 */
export function createAuthorize<Policies extends PolicyTypes>(
  verifier: Pick<Verifier, 'authorize'>,
): Authorize<Policies> {
  // Every question that fits a schema is a question; the compiler does not see it through a schema it does not know yet.
  return (auth, question) => verifier.authorize(auth, question as Question);
}
