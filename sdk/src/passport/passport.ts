/** A strategy for Passport: the caller of an API, by token or API key. Sessions and forms have no part in it. */
import { createGuard, type GuardOptions, withOrigin } from '../guard/guard.ts';
import { type NodeRequest, presentNodeRequest } from '../guard/node-request.ts';
import type { Auth } from '../verify/auth.ts';
import { AuthError } from '../verify/auth-error.ts';
import type { Verifier } from '../verify/create-verifier.ts';

export type { GuardOptions } from '../guard/guard.ts';
export type { Auth } from '../verify/auth.ts';

/** A request as Passport hands it over: of Express, or of Node alone. */
export interface StrategyRequest extends NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string;
  readonly protocol?: string;
  readonly ip?: string | undefined;
}

/** Finds the application's own user for a caller; undefined: there is none, and the call is refused. */
export type FindUser<User> = (auth: Auth) => User | undefined | Promise<User | undefined>;

/**
 * `passport.authenticate('gatehouse', { session: false })` lets nobody through who can't prove who they are.
 * `request.user` is what `findUser` finds, or who is calling.
 *
 * @example
 * ```ts
 * import { GatehouseStrategy } from '@gatehouse/sdk/passport';
 *
 * export const strategy = new GatehouseStrategy(
 *   { issuer: 'https://id.example.com', audience: 'https://orders.example.com' },
 *   ({ subject, scopes }) => ({ id: subject, mayRead: scopes.includes('orders:read') }),
 * );
 * ```
 */
export class GatehouseStrategy<User extends object = Auth> {
  readonly name = 'gatehouse';
  readonly #options: GuardOptions | Verifier;
  readonly #guard;
  readonly #findUser: FindUser<User> | undefined;

  // Passport makes a copy of the strategy for each request, and puts these on it.
  declare success: (user: object, info?: object) => void;
  declare fail: (challenge: string | undefined, status: number) => void;
  declare error: (error: unknown) => void;
  declare redirect: (url: string, status?: number) => void;
  declare pass: () => void;
  /** Bound to the strategy itself: the copy has no private fields. */
  readonly authenticate: (request: StrategyRequest) => void;

  constructor(options: GuardOptions | Verifier, findUser?: FindUser<User>) {
    this.#options = options;
    this.#guard = createGuard(options);
    this.#findUser = findUser;
    const find = (request: StrategyRequest) => this.#find(request);
    const challengeOf = (error: unknown) => this.#guard.refusalOf(error);
    this.authenticate = function (this: GatehouseStrategy<User>, request: StrategyRequest): void {
      find(request).then(
        ({ user, auth }) => this.success(user, { auth }),
        (error: unknown) => {
          const refusal = challengeOf(error);
          if (refusal === undefined) this.error(error);
          else this.fail(refusal.headers['www-authenticate'], refusal.status);
        },
      );
    };
  }

  async #find(request: StrategyRequest): Promise<{ user: object; auth: Auth }> {
    const { method = 'GET', protocol = 'http', headers, ip } = request;
    const path = request.originalUrl ?? request.url ?? '/';
    const url = withOrigin(`${protocol}://${String(headers.host ?? 'localhost')}${path}`, this.#options);
    const { auth } = await this.#guard.identify(
      presentNodeRequest(request, { method, url, clientAddress: ip }, this.#options),
    );
    const user = this.#findUser === undefined ? auth : await this.#findUser(auth);
    if (user === undefined) throw new AuthError('access_denied', { message: 'There is no account for this caller.' });
    return { user, auth };
  }
}
