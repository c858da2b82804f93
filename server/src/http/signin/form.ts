import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LIMITS } from '#base';
import { mintCredential, recogniseCredential } from '#keyring';
import { type CsrfBinding, csrfToken, isCsrfToken, isSameOriginPost } from '#signin';
import type { PagesContext } from './pages-context.ts';

/** A submitted form. A field that is missing or comes twice is the empty string: no form of ours sends either. */
export interface Form {
  field(name: string): string;
  /** All values of a field that may come several times: the checked boxes of a group. */
  all(name: string): readonly string[];
}

/** Only what an HTML form sends: other types, JSON among them, are answered 415 before anything is read. */
export function acceptFormsOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LIMITS.formBodyBytesMax },
    async (_: FastifyRequest, body: string) => readForm(body),
  );
}

function readForm(body: string): Form {
  const params = new URLSearchParams(body);
  return {
    all: (name) => params.getAll(name),
    field(name) {
      const [value, another] = params.getAll(name);
      return value === undefined || another !== undefined ? '' : value;
    },
  };
}

const EMPTY_FORM: Form = { field: () => '', all: () => [] };

export function formOf(request: FastifyRequest): Form {
  const { body } = request;
  return typeof body === 'object' && body !== null && 'field' in body ? (body as Form) : EMPTY_FORM;
}

/** Did a page of ours send this? Asked first: a post from elsewhere gets nothing of what it sent shown again. */
export function isFromOurPage({ issuerOrigin }: PagesContext, request: FastifyRequest): boolean {
  const fetchSite = request.headers['sec-fetch-site'];
  return isSameOriginPost(issuerOrigin, {
    origin: request.headers.origin,
    secFetchSite: Array.isArray(fetchSite) ? fetchSite.join(', ') : fetchSite,
  });
}

export function hasFormToken({ keyring }: PagesContext, request: FastifyRequest, binding: CsrfBinding): boolean {
  return isCsrfToken(keyring, binding, formOf(request).field('csrf_token'));
}

export interface FormTicket {
  token: string;
  /** To set when the browser has no form cookie yet. */
  setCookie: string | undefined;
}

/** The token for a form shown before there is a session: tied to a random cookie, made when the browser has none. */
export function formTicket({ cookies, keyring, random }: PagesContext, request: FastifyRequest): FormTicket {
  const present = formCookie(cookies, request);
  const cookie = present ?? mintCredential('csrf', random);
  return {
    token: csrfToken(keyring, { formCookie: cookie }),
    setCookie: present === undefined ? cookies.write('form', cookie) : undefined,
  };
}

export function formCookie(cookies: PagesContext['cookies'], request: FastifyRequest): string | undefined {
  const value = cookies.read('form', request.headers.cookie);
  return value !== undefined && recogniseCredential(value)?.kind === 'csrf' ? value : undefined;
}

/** The origin and the token, for a form that was shown before there is a session. */
export function isFormBelieved(context: PagesContext, request: FastifyRequest): boolean {
  const cookie = formCookie(context.cookies, request);
  return (
    isFromOurPage(context, request) && cookie !== undefined && hasFormToken(context, request, { formCookie: cookie })
  );
}
