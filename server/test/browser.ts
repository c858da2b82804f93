import { createHash, randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import type { Program } from './running-program.ts';

export const CALLBACK = 'https://web.example.com/callback';

export interface Person {
  name: string;
  email: string;
  password: string;
}

/** What a browser does: keeps cookies, says where a form came from, follows nothing by itself. */
export class Browser {
  readonly #origin: string;
  readonly cookies = new Map<string, string>();
  /** Every value a cookie ever had. */
  readonly secrets = new Set<string>();
  /** The second factor that was set up here. */
  enrolled: EnrolledTotp | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  get(path: string): Promise<Response> {
    return this.#send(path, {});
  }

  post(path: string, fields: Record<string, string>): Promise<Response> {
    return this.#send(path, {
      method: 'POST',
      headers: { origin: this.#origin, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams(fields),
    });
  }

  async #send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) };
    const response = await fetch(new URL(path, this.#origin), { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else {
        this.cookies.set(name, value);
        this.secrets.add(value);
      }
    }
    return response;
  }
}

/** And what is ticked of what is asked for: as a browser would send it, unless somebody unticks it. */
export function hiddenFields(page: string): Record<string, string> {
  const hidden = /<input type="hidden" name="([^"]+)" value="([^"]*)">/g;
  const ticked = /<input type="checkbox" name="((?:scope|detail)[.][0-9]+)" value="([^"]*)" checked>/g;
  const fields = [...page.matchAll(hidden), ...page.matchAll(ticked)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
}

/** Opens the set-up link and fills in its form; ready to be sent. */
export async function openSetUpForm(browser: Browser, link: string): Promise<Record<string, string>> {
  const { pathname, search } = new URL(link);
  const opened = await browser.get(pathname + search);
  const page = await (await browser.get(opened.headers.get('location') ?? '/setup')).text();
  return hiddenFields(page);
}

export function setUpFields(hidden: Record<string, string>, { name, email, password }: Person) {
  return { ...hidden, name, email, password, password_again: password };
}

export async function becomeAdministrator(
  program: Pick<Program, 'issuer' | 'administratorLink'>,
  person: Person,
): Promise<Browser> {
  const browser = new Browser(program.issuer);
  const hidden = await openSetUpForm(browser, await program.administratorLink());
  const done = await browser.post('/setup', setUpFields(hidden, person));
  if (done.status !== 303) throw new Error(`set-up answered ${done.status}: ${await done.text()}`);
  await enrolTotp(browser);
  return browser;
}

export interface EnrolledTotp {
  /** What the app keeps, in base32. */
  secret: string;
  recoveryCodes: readonly string[];
}

/** Sets an authenticator app up in the sign-in that this browser is in. */
export async function enrolTotp(browser: Browser): Promise<EnrolledTotp> {
  const page = await (await browser.get('/sign-in/flow')).text();
  const secret = /<code class="key">([A-Z2-7 ]{20,})<\/code>/.exec(page)?.[1]?.replaceAll(' ', '') ?? '';
  const done = await browser.post('/sign-in/flow/totp', { ...hiddenFields(page), code: generateSync({ secret }) });
  const codes = [...(await done.text()).matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code);
  if (codes.length === 0) throw new Error(`enrolment answered ${done.status}`);
  browser.enrolled = { secret, recoveryCodes: codes };
  return browser.enrolled;
}

export interface CodeGrant {
  code: string;
  codeVerifier: string;
  interaction: string | undefined;
}

/** From the application's request to the code it gets, as a signed-in person who agrees. */
export async function getCode(browser: Browser, scope: string): Promise<CodeGrant> {
  const codeVerifier = randomBytes(32).toString('base64url');
  const request = new URLSearchParams({
    response_type: 'code',
    client_id: 'web',
    redirect_uri: CALLBACK,
    scope,
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  let answer = await browser.get(`/oauth/authorize?${request}`);
  let interaction: string | undefined;
  if (answer.status === 200) {
    const hidden = hiddenFields(await answer.text());
    interaction = hidden.interaction;
    answer = await browser.post('/oauth/consent', { ...hidden, decision: 'allow' });
  }
  const location = answer.headers.get('location') ?? '';
  const code = location.startsWith(CALLBACK) ? new URL(location).searchParams.get('code') : null;
  if (code === null) throw new Error(`no code: ${answer.status} ${location} ${await answer.text()}`);
  return { code, codeVerifier, interaction };
}

/** Posts to an OAuth endpoint as a client. */
export function oauthPost(
  program: Program,
  endpoint: 'token' | 'revoke' | 'introspect' | 'par',
  client: { id: string; secret: string },
  fields: Record<string, string>,
): Promise<Response> {
  const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
  return fetch(`${program.issuer}/oauth/${endpoint}`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams(fields),
  });
}
