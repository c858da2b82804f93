import type { IssueApiKeyDeps } from '#apikeys';
import type { Clock, Random } from '#base';
import type { AdministrationDeps, DeleteUserDeps, User } from '#directory';
import type { Keyring } from '#keyring';
import type { Mailer } from '#mail';
import type { OAuthServer } from '#oauth';
import {
  type Branding,
  type BreachedPasswords,
  type Cookies,
  cookiesFor,
  createSessionPort,
  GATEHOUSE_BRAND,
  openPasswordSignIn,
  type Passwords,
  type RegistrationPolicySpec,
  type RelyingParty,
  relyingPartyOf,
  type SessionPort,
  type SignInPolicies,
  type SignInThrottle,
  type SignInWithPassword,
  signinErrors,
} from '#signin';
import type { Store } from '#store';
import { pageViews, type ViewOf } from './page-view.ts';
import type { PlaceReader } from './place-reader.ts';

export interface SigninPagesDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac' | 'seal' | 'open'>;
  policies: SignInPolicies<User>;
  passwords: Passwords;
  /** Looks new passwords up in a service, where the policy names one. */
  breached?: BreachedPasswords | undefined;
  throttle: SignInThrottle;
  /** Of those who sign in when many do; without it nobody waits for another. */
  wait?(milliseconds: number): Promise<unknown>;
  /** Where requests come from, where a proxy in front says so. */
  placeOf?: PlaceReader;
  /** Who may make an account; nobody without it. */
  registrationPolicy?(tenantId: string): RegistrationPolicySpec;
  /** Tells people what happened to their account; without it nobody is told. */
  mailer?: Mailer;
  clock: Clock;
  random: Random;
  /** The URL under which browsers reach these pages: form posts must come from its origin. */
  issuer: string;
  tenantId: string;
  /** Whether somebody may hand out what a key of theirs is to hold. */
  authorizeGrant: IssueApiKeyDeps['authorizeGrant'];
  holds: IssueApiKeyDeps['holds'];
  roles: AdministrationDeps['roles'];
  /** What other rooms hold of a person who goes. */
  erasePerson: DeleteUserDeps['erasePerson'];
  applications: Pick<OAuthServer, 'connectedApplications' | 'disconnectApplication'>;
  /** The tenant's look; ours without it. */
  branding?: Branding;
}

export interface PagesContext extends SigninPagesDeps {
  signInWithPassword: SignInWithPassword;
  viewOf: ViewOf;
  cookies: Cookies;
  sessions: SessionPort;
  /** Who we are to authenticators. */
  relyingParty: RelyingParty;
  issuerOrigin: string;
  issuerHost: string;
}

/** @throws `factor_not_allowed` where no mail is sent */
export function withMailer(context: PagesContext): PagesContext & { mailer: Mailer } {
  const { mailer } = context;
  if (mailer === undefined) throw signinErrors.factor_not_allowed();
  return { ...context, mailer };
}

export function pagesContext(deps: SigninPagesDeps): PagesContext {
  const cookies = cookiesFor(deps.issuer);
  const { origin: issuerOrigin, host: issuerHost } = new URL(deps.issuer);
  const brandOf = () => deps.branding?.of(deps.tenantId) ?? GATEHOUSE_BRAND;
  return {
    ...deps,
    signInWithPassword: openPasswordSignIn(deps),
    viewOf: pageViews({ cookies, issuerOrigin, brandOf }),
    cookies,
    sessions: createSessionPort({ ...deps, cookies }, deps),
    relyingParty: relyingPartyOf(deps.issuer),
    issuerOrigin,
    issuerHost,
  };
}
