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
  let request: { url: string; body?: URLSearchParams } = { url: address };
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const { url, body } = request;
    const response = await send(visitor, url, body);
    const location = response.headers.get('location');
    const text = await response.text();
    if (location !== null) {
      request = { url: new URL(location, url).href };
      if (visitor.stopAt !== undefined && request.url.startsWith(visitor.stopAt)) {
        return { url: request.url, status: response.status, text: '' };
      }
      continue;
    }
    const onward = new URL(url).origin === issuer ? nextOf(text, url, visitor.answers) : selfPosting(text, url);
    if (onward === undefined) return { url, status: response.status, text };
    request = onward;
  }
  throw new Error(`no end after ${STEPS_MAX} steps, last at ${request.url}`);
}

async function send({ cookies }: Visitor, url: string, body: URLSearchParams | undefined): Promise<Response> {
  const { origin } = new URL(url);
  const jar = cookies.get(origin) ?? new Map<string, string>();
  cookies.set(origin, jar);
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(url, {
    headers: {
      ...(cookie === '' ? {} : { cookie }),
      ...(body === undefined ? {} : { origin, 'sec-fetch-site': 'same-origin' }),
    },
    redirect: 'manual',
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  return response;
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
    const given = named.filter(({ attributes }) => /type="hidden"/.test(attributes));
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
