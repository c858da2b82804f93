import type { Clock, Random } from '#base';
import type { Keyring } from '#keyring';
import type { Cookies, Passwords, SessionPort, SignInThrottle } from '#signin';
import type { Store } from '#store';

export interface SigninPagesDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'mac'>;
  passwords: Passwords;
  throttle: SignInThrottle;
  clock: Clock;
  random: Random;
  /** The URL under which browsers reach these pages: form posts must come from its origin. */
  issuer: string;
  tenantId: string;
}

export interface PagesContext extends SigninPagesDeps {
  cookies: Cookies;
  sessions: SessionPort;
  issuerOrigin: string;
  issuerHost: string;
}
