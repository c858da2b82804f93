import { request } from 'node:http';

/** A person at a browser, without one: follows what the pages say, whatever steps they are made of. */

export interface WebPage {
  url: string;
  status: number;
  text: string;
}

export interface Visitor {
  /** Cookies by origin; a visitor who has been here before brings them. */
  cookies: Map<string, Map<string, string>>;
  /** What is typed into a field, by its name. A field that is not here is left as the page has it. */
  answers: Readonly<Record<string, string>>;
  /** Addresses that begin so are not opened: where an application would be that is not there. */
  stopAt?: string;
}

const STEPS_MAX = 25;

/**
 * Opens an address, follows redirects from one origin to the other, and fills in and sends every form of `issuer` that
 * asks for something the visitor can answer (a password, a code, whether to allow). Ends at the first page that is none.
 */
export async function signInByHttp(visitor: Visitor, address: string, issuer: string): Promise<WebPage> {
  let next: { url: string; body?: URLSearchParams } = { url: address };
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { url, body } = next;
    const { status, location, refresh, text } = await send(visitor, url, body);
    if (location !== undefined) {
      next = { url: new URL(location, url).href };
      if (visitor.stopAt !== undefined && next.url.startsWith(visitor.stopAt)) {
        return { url: next.url, status, text: '' };
      }
      continue;
    }
    const asked = new URL(url).origin === issuer ? nextOf(text, url, visitor.answers) : selfPosting(text, url);
    const onward = asked ?? (refresh === undefined ? undefined : { url: new URL(refresh, url).href });
    if (onward === undefined) return { url, status, text };
    next = onward;
  }
  throw new Error(`no end after ${STEPS_MAX} steps, last at ${next.url}`);
}

async function send({ cookies }: Visitor, url: string, body: URLSearchParams | undefined): Promise<Reply> {
  const { origin } = new URL(url);
  const jar = cookies.get(origin) ?? new Map<string, string>();
  cookies.set(origin, jar);
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const form = { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
  const reply = await navigate(url, body?.toString(), {
    ...(cookie === '' ? {} : { cookie }),
    ...(body === undefined ? {} : form),
  });
  for (const line of reply.setCookie) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  return reply;
}

interface Reply {
  status: number;
  location: string | undefined;
  /** Where a page goes on to by itself. */
  refresh: string | undefined;
  setCookie: readonly string[];
  text: string;
}

/** As a browser does when its address changes. Not by `fetch`, which says of itself that it is a script. */
function navigate(url: string, body: string | undefined, headers: Record<string, string>): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const method = body === undefined ? 'GET' : 'POST';
  const navigation = { accept: 'text/html,*/*', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const sent = request(url, { method, headers: { ...navigation, ...headers } }, (answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part));
    answer.on('error', reject);
    answer.on('end', () => {
      const { location, 'set-cookie': setCookie = [] } = answer.headers;
      const refresh = /^0;\s*url=(.+)$/i.exec(String(answer.headers.refresh ?? ''))?.[1];
      resolve({ status: answer.statusCode ?? 0, location, refresh, setCookie, text: Buffer.concat(parts).toString() });
    });
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** The form to be sent from a page of the issuer's, or where it goes on by itself. */
function nextOf(text: string, url: string, answers: Visitor['answers']) {
  for (const form of formsOf(text)) {
    const known = form.names.filter((name) => answers[name] !== undefined);
    if (known.length === 0) continue;
    const body = new URLSearchParams(form.fields);
    for (const name of known) body.set(name, answers[name] ?? '');
    return { url: new URL(form.action, url).href, body };
  }
  const refresh = /<meta http-equiv="refresh" content="0;\s*url=([^"]+)"/i.exec(text)?.[1];
  return refresh === undefined ? undefined : { url: new URL(decode(refresh), url).href };
}

/** response_mode=form_post: a page that sends itself. */
function selfPosting(text: string, url: string) {
  const [form] = formsOf(text);
  if (form === undefined || !/onload=|\.submit\(/.test(text)) return undefined;
  return { url: new URL(form.action, url).href, body: new URLSearchParams(form.fields) };
}

interface Form {
  action: string;
  /** Of all its fields. */
  names: string[];
  /** Those that have a value already. */
  fields: Record<string, string>;
}

function formsOf(text: string): Form[] {
  return [...text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head = '', content = '']) => {
    const inputs = [...content.matchAll(/<(?:input|button)\b([^>]*)>/g)].map(([, attributes = '']) => attributes);
    const named = inputs.flatMap((attributes) => {
      const name = attribute(attributes, 'name');
      return name === undefined ? [] : [{ name, value: attribute(attributes, 'value'), attributes }];
    });
    // A box that is ticked is sent; one that somebody unticks is not.
    const given = named.filter(({ attributes }) => /type="hidden"|\schecked\b/.test(attributes));
    return {
      action: attribute(head, 'action') ?? '',
      names: named.map(({ name }) => name),
      fields: Object.fromEntries(given.map(({ name, value }) => [name, value ?? ''])),
    };
  });
}

function attribute(attributes: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
  return value === undefined ? undefined : decode(value);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function decode(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
