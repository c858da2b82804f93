/** Web applications on libraries that nobody changed: from their page, through our sign-in and consent, and back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, signInByHttp } from '#testing';
import { ADMINISTRATOR, type InteropWorld, openInteropWorld, startApplication } from './interop-world.ts';

interface Kind {
  library: string;
  file: string;
  callback: string;
  /** Names of the person that its page shows. */
  shows: RegExp;
  /** What its client must be, besides. */
  spec?: Record<string, unknown>;
}

const KINDS: readonly Kind[] = [
  {
    library: 'express-openid-connect',
    file: 'express-openid-connect.mjs',
    callback: '/callback',
    shows: /"info":\{"name":"Ada","email":"ada@example.com"/,
  },
  {
    library: '@auth/core',
    file: 'auth-core.mjs',
    callback: '/auth/callback/gatehouse',
    shows: /"user":\{"name":"Ada","email":"ada@example.com"/,
  },
  {
    library: 'passport-openidconnect',
    file: 'passport-openidconnect.mjs',
    callback: '/callback',
    shows: /"displayName":"Ada".*"value":"ada@example.com"/,
    // It knows no PKCE, and checks a nonce (ADR 29).
    spec: { requirePkce: false },
  },
];

let world: InteropWorld;
const ports = new Map<string, number>();

beforeAll(async () => {
  for (const { library } of KINDS) ports.set(library, await freePort());
  world = await openInteropWorld(
    KINDS.map(({ library, callback, spec = {} }) => ({
      name: library.replaceAll(/[^a-z-]/g, ''),
      redirectUri: `http://localhost:${ports.get(library)}${callback}`,
      spec,
    })),
  );
});
afterAll(() => world?.close());

describe.each(KINDS)('$library', ({ library, file, shows }) => {
  test('signs a person in: sign-in page, consent, and a page of its own that knows who', async () => {
    const port = ports.get(library) ?? 0;
    const client = library.replaceAll(/[^a-z-]/g, '');
    const { issuer } = world.program;
    const application = await startApplication(file, port, {
      ISSUER: issuer,
      CLIENT_ID: client,
      CLIENT_SECRET: await world.secretOf(client),
    });
    try {
      const visitor = world.visitor();
      const page = await signInByHttp(visitor, `${application.url}/me`, issuer);
      expect(page).toMatchObject({ status: 200, text: expect.stringMatching(shows) });
      // Signed in there and here: nobody is asked again.
      const again = { ...visitor, answers: {} };
      expect(await signInByHttp(again, `${application.url}/me`, issuer)).toMatchObject({
        url: `${application.url}/me`,
      });
      expect(page.text).not.toContain(ADMINISTRATOR.password);
    } finally {
      await application.stop();
    }
  });
});
