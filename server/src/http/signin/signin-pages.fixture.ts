import { createHash, createHmac } from 'node:crypto';
import fastify, { type LightMyRequestResponse } from 'fastify';
import { generateSync } from 'otplib';
import { apikeysMigrations } from '#apikeys';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, type Principal, systemPrincipal } from '#base';
import { createUser, directoryErrors, directoryMigrations, type User } from '#directory';
import type { Mailer } from '#mail';
import { resourcesMigrations } from '#resources';
import {
  cookiesFor,
  createFirstAdministratorLink,
  createSignInThrottle,
  erasePersonOfSignin,
  type RegistrationPolicySpec,
  setPasswordHash,
  signInPolicies,
  signInPolicyKind,
  signinMigrations,
} from '#signin';
import type { MigrationSet } from '#store';
import { fixedClock, openTestStore, seededRandom } from '#testing';
import { pageViews } from './page-view.ts';
import { signinPages } from './signin-pages.ts';
import { standInApplications } from './stand-in-applications.fixture.ts';

export const tenantId = DEFAULT_TENANT_ID;
export const PASSWORD = 'violet kettle marches north';
const actor = systemPrincipal(tenantId, 'test');
const hashOf = (password: string) => `fast$${createHash('sha256').update(password).digest('hex')}`;

/** The pages on a database of their own. argon2id is left to the tests of the room. */
export async function openPages(issuer = 'http://localhost:7700', others: readonly MigrationSet[] = []) {
  const clock = fixedClock();
  const random = seededRandom();
  const store = await openTestStore(
    [auditMigrations, resourcesMigrations, directoryMigrations, signinMigrations, apikeysMigrations, ...others],
    {
      clock,
      random,
    },
  );
  const applications = standInApplications();
  const letters: { to: string; template: string; values: Readonly<Record<string, string>> }[] = [];
  const registration: Pick<RegistrationPolicySpec, 'mode'> = { mode: 'off' };
  const waiting: { kind: string; payload: unknown }[] = [];
  const mailer: Mailer = {
    queue: async (_, mail) => {
      letters.push(mail);
      return 'queued';
    },
    request: async (_, request) => void waiting.push(request),
  };
  const policy = signInPolicyKind.schema.parse({});
  const deps = {
    store,
    keyring: {
      mac: (purpose: string, data: string | Uint8Array) =>
        createHmac('sha256', `test ${purpose}`).update(data).digest(),
      seal: (plaintext: string | Uint8Array) => Buffer.from(plaintext).toString('hex'),
      open: (sealed: string) => Buffer.from(sealed, 'hex'),
    },
    policies: signInPolicies<User>({
      policies: { get: () => ({ spec: policy }), all: () => [] },
      isAdministrator: ({ rolesAnywhere }) => rolesAnywhere.includes('administrator'),
      organizationsOf: () => [],
    }),
    passwords: {
      hashPassword: async (password: string) => hashOf(password),
      verifyPassword: async (stored: string, password: string) => ({ ok: stored === hashOf(password), rehash: false }),
      dummyVerify: async () => ({ ok: false as const, rehash: false as const }),
    },
    throttle: createSignInThrottle({ clock }),
    authorizeGrant: (
      _: unknown,
      actor: Principal,
      grant: { roles?: readonly string[]; scopes?: readonly string[] },
    ) => {
      const missing = (grant.scopes ?? []).filter((scope) => !actor.roles.includes('administrator') && scope !== 'own');
      if (missing.length > 0) throw directoryErrors.grant_beyond_own({ details: { missing } });
    },
    holds: () => false,
    applications,
    mailer,
    registrationPolicy: (): RegistrationPolicySpec => ({ mode: registration.mode }),
    roles: { get: () => undefined },
    erasePerson: erasePersonOfSignin,
    clock,
    random,
    issuer,
    tenantId,
  };
  const app = fastify();
  await app.register(signinPages(deps));

  return {
    app,
    applications,
    deps,
    clock,
    letters,
    registration,
    /** Asked for, and for the worker to answer. */
    waiting,
    issuer,
    viewOf: pageViews({ cookies: cookiesFor(issuer), issuerOrigin: new URL(issuer).origin }),
    /** What the policy says from now on. */
    setPolicy: (changes: unknown) => void Object.assign(policy, signInPolicyKind.schema.parse(changes)),
    browser: (overrides?: Record<string, string | undefined>) => openBrowser(app, issuer, overrides),
    addUser: (email: string, roles: readonly string[] = []): Promise<User> =>
      store.transaction({ tenantId }, async (tx) => {
        const user = await createUser(tx, deps, { tenantId, email, name: 'Ada Lovelace', roles, actor });
        await setPasswordHash(tx, deps, { tenantId, userId: user.id, passwordHash: hashOf(PASSWORD), actor });
        return user;
      }),
    setupPath: async (): Promise<string> => {
      const link = await createFirstAdministratorLink(deps, { tenantId, issuer });
      const url = new URL(link?.url ?? 'missing:');
      return url.pathname + url.search;
    },
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

/** What a browser does: keeps cookies, follows nothing by itself, and says where a form came from. */
function openBrowser(
  app: ReturnType<typeof fastify>,
  issuer: string,
  overrides: Record<string, string | undefined> = {},
) {
  const cookies = new Map<string, string>();
  const remoteAddress = overrides.remoteAddress ?? '203.0.113.7';

  function keep(response: LightMyRequestResponse): LightMyRequestResponse {
    for (const { name, value, maxAge } of response.cookies) {
      if (maxAge === 0) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  const cookie = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  return {
    cookies,
    async get(url: string): Promise<LightMyRequestResponse> {
      return keep(await app.inject({ method: 'GET', url, remoteAddress, headers: { cookie: cookie() } }));
    },
    async post(
      url: string,
      fields: Readonly<Record<string, string>>,
      headers: Readonly<Record<string, string | undefined>> = {},
    ): Promise<LightMyRequestResponse> {
      const sent = {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36',
        origin: issuer,
        'sec-fetch-site': 'same-origin',
        cookie: cookie(),
        ...headers,
      };
      const present = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const payload = new URLSearchParams(fields).toString();
      return keep(
        await app.inject({ method: 'POST', url, remoteAddress, headers: Object.fromEntries(present), payload }),
      );
    },
  };
}

/** The hidden fields of the page's first form, and what is ticked of what is asked for. */
export function hiddenFieldsOf(response: LightMyRequestResponse): Record<string, string> {
  const hidden = /<input type="hidden" name="([^"]+)" value="([^"]*)">/g;
  const ticked = /<input type="checkbox" name="((?:scope|detail)[.][0-9]+)" value="([^"]*)" checked>/g;
  const fields = [...response.body.matchAll(hidden), ...response.body.matchAll(ticked)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
}

export type Pages = Awaited<ReturnType<typeof openPages>>;
export type TestBrowser = ReturnType<Pages['browser']>;

/** The secret that a page shows for typing, as bytes of base32. */
export function totpSecretOf({ body }: LightMyRequestResponse): string {
  return /<code class="key">([A-Z2-7 ]{20,})<\/code>/.exec(body)?.[1]?.replaceAll(' ', '') ?? '';
}

/** What the app would show, by another implementation than ours. */
export function appCode(pages: Pages, secret: string): string {
  return generateSync({ secret, epoch: Math.floor(pages.clock.now() / 1000) });
}

/** Sets an authenticator app up in a sign-in that asks for it; gives its secret. */
export async function enrolTotp(pages: Pages, browser: TestBrowser) {
  const page = await browser.get('/sign-in/flow');
  const secret = totpSecretOf(page);
  const fields = { ...hiddenFieldsOf(page), code: appCode(pages, secret) };
  const done = await browser.post('/sign-in/flow/totp', fields);
  const recoveryCodes = [...done.body.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code);
  return { secret, recoveryCodes, done };
}
