import type { Auth } from '../verify/auth.ts';
import { ConfigurationError } from '../verify/auth-error.ts';
import { createVerifier, type Verifier } from '../verify/create-verifier.ts';
import type { Question } from '../verify/decisions.ts';
import type { PresentedRequest } from '../verify/presented.ts';
import type { VerifierOptions } from '../verify/verifier-options.ts';
import type { ChallengeOptions } from './challenge.ts';
import { type CertificateSources, clientCertificate, type TrustedProxies } from './client-cert.ts';
import { type Refusal, refusalOf } from './refusal.ts';
import { demandDecision, demandRole, demandScopes, demandStepUp, type StepUp } from './requirements.ts';

/** What every adapter's `requireAuth` takes. */
export interface GuardOptions extends VerifierOptions, Pick<ChallengeOptions, 'resourceMetadata'> {
  /**
   * Where callers reach this API: `https://api.example.com`. DPoP proofs are made for that address. Left out, it is what the
   * request says, and the caller chooses its `Host`: a server that was sent a token and a proof by mistake could pass both on.
   */
  origin?: string;
  /**
   * Proxies in front that end TLS and tell of the client's certificate in `Client-Cert` (RFC 9440): the addresses of their
   * connections. Nobody else's header is believed.
   */
  clientCertFrom?: TrustedProxies;
}

/** Who calls, and who found it out: kept for each request, so that later guards need no options. */
export interface Caller {
  auth: Auth;
  verifier: Verifier;
  challenge: ChallengeOptions;
}

/** A condition on the caller. Throws when it is not met. */
export type Demand<Request> = (caller: Caller, request: Request) => void | Promise<void>;

/** What all adapters share; each adds how its framework reads a request and sends an answer. */
export interface Guard {
  readonly verifier: Verifier;
  readonly challenge: ChallengeOptions;
  identify(request: PresentedRequest): Promise<Caller>;
  refusalOf(error: unknown): Refusal | undefined;
}

/** @throws ConfigurationError when an option can not be. */
export function createGuard(options: GuardOptions | Verifier): Guard {
  if (!isVerifier(options)) demandOrigin(options);
  const verifier = isVerifier(options) ? options : createVerifier(options);
  const resourceMetadata = isVerifier(options) ? undefined : options.resourceMetadata;
  const challenge: ChallengeOptions = {
    ...(resourceMetadata === undefined ? {} : { resourceMetadata }),
    dpopRequired: verifier.options.dpop?.required === true,
  };
  return {
    verifier,
    challenge,
    identify: async (request) => ({ auth: await verifier.verify(request), verifier, challenge }),
    refusalOf: (error) => refusalOf(error, challenge),
  };
}

const isVerifier = (options: GuardOptions | Verifier): options is Verifier => 'verifyToken' in options;

function demandOrigin({ origin, dpop }: GuardOptions): void {
  if (origin !== undefined && !/^https?:\/\/[^/?#@]+\/?$/.test(origin)) {
    throw new ConfigurationError(
      'origin must be scheme and host of this API, as callers write them: https://api.example.com',
    );
  }
  // Who insists on proofs gets all of what they are for.
  if (dpop?.required === true && origin === undefined) {
    throw new ConfigurationError(
      'dpop.required needs origin, where callers reach this API (https://api.example.com): proofs are checked against it.',
    );
  }
}

/** The address that the caller used, for DPoP. */
export function withOrigin(url: string, options: GuardOptions | Verifier): string {
  const origin = isVerifier(options) ? undefined : options.origin;
  if (origin === undefined) return url;
  const { pathname, search } = new URL(url);
  return `${origin.replace(/\/$/, '')}${pathname}${search}`;
}

/** Who may tell of certificates, and how a request says it. */
export function certificateIn(options: GuardOptions | Verifier, sources: CertificateSources): Uint8Array | undefined {
  return clientCertificate(sources, isVerifier(options) ? undefined : options.clientCertFrom);
}

export function scopeDemand(scopes: readonly string[]): Demand<unknown> {
  const needed = atLeastOne(scopes, 'requireScope');
  return ({ auth }) => demandScopes(auth, needed);
}

export function roleDemand(roles: readonly string[]): Demand<unknown> {
  const oneOf = atLeastOne(roles, 'requireRole');
  return ({ auth }) => demandRole(auth, oneOf);
}

export function stepUpDemand(needed: StepUp | string): Demand<unknown> {
  const stepUp = typeof needed === 'string' ? { acr: needed } : needed;
  if (stepUp.acr === undefined && stepUp.maxAgeSeconds === undefined) {
    throw new ConfigurationError('requireStepUp needs acr or maxAgeSeconds.');
  }
  return ({ auth, verifier }) => demandStepUp(auth, stepUp, (verifier.options.now ?? Date.now)());
}

/** What it is about. `{name}` in the id is a parameter of the path, as in a route of the gateway. */
export type ResourceOf<Request> =
  | Question['resource']
  | ((request: Request) => Question['resource'] | Promise<Question['resource']>);

/** What a request's path says, by the names in the route's pattern. */
export type PathParameters = Readonly<Record<string, unknown>>;

export function decisionDemand<Request>(
  action: Question['action'],
  resource: ResourceOf<Request>,
  parametersOf: (request: Request) => PathParameters | Promise<PathParameters>,
): Demand<Request> {
  return async ({ auth, verifier }, request) => {
    const found =
      typeof resource === 'function'
        ? await resource(request)
        : { ...resource, id: fillIn(resource.id, await parametersOf(request)) };
    await demandDecision(verifier, auth, { action, resource: found });
  };
}

function fillIn(template: string, parameters: PathParameters): string {
  return template.replaceAll(/\{([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (typeof value !== 'string') throw new ConfigurationError(`The path of this route has no parameter ${name}.`);
    return value;
  });
}

function atLeastOne(names: readonly string[], guard: string): readonly string[] {
  // Nothing demanded would be everything allowed.
  if (names.length === 0) throw new ConfigurationError(`${guard} needs at least one name.`);
  return names;
}

const NOBODY_ASKED =
  'Nobody has asked yet who is calling. Put requireAuth({ issuer, audience }) in front: for all routes, or as the first guard of this one.';

/** Callers by the framework's own request object. */
export class Callers<Request extends object> {
  readonly #callers = new WeakMap<Request, Caller>();

  set(request: Request, caller: Caller): void {
    this.#callers.set(request, caller);
  }

  find(request: Request): Caller | undefined {
    return this.#callers.get(request);
  }

  /** @throws ConfigurationError: a guard before `requireAuth` is a mistake of the program, and answered with 500. */
  get(request: Request): Caller {
    const caller = this.#callers.get(request);
    if (caller === undefined) throw new ConfigurationError(NOBODY_ASKED);
    return caller;
  }
}
