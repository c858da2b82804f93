import { afterAll, beforeEach } from 'vitest';
import type { World } from '../oauth-world.fixture.ts';

/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** The world of a file of tests about exchanges: each begins with Alice signed in anew, and everything permitted. */
export function signedInAtEachTest(world: () => World): void {
  afterAll(() => world()?.close());
  beforeEach(() => {
    const { clock, signIn, policy } = world();
    // Of the same second, a revocation before would count.
    clock.advance(2000);
    signIn();
    policy.permits = () => true;
  });
}
