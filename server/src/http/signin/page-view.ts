import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type Brand,
  type Cookies,
  chooseLocale,
  GATEHOUSE_BRAND,
  LANDING_PATH,
  safeReturnTo,
  type View,
} from '#signin';

/** How this request's page is shown: language, brand, and where the language switch comes back to. */
export type ViewOf = (request: FastifyRequest) => View;

export interface PageViewDeps {
  cookies: Cookies;
  issuerOrigin: string;
  /** The tenant's look as it stands; ours when it says nothing. */
  brandOf?: (() => Brand) | undefined;
}

/** What the cookie holds when the application asked for the language; without it, the person chose. */
const ASKED = '_asked';

export function pageViews({ cookies, issuerOrigin, brandOf = () => GATEHOUSE_BRAND }: PageViewDeps): ViewOf {
  return (request) => {
    const remembered = cookies.read('language', request.headers.cookie);
    const asked = remembered?.endsWith(ASKED) === true ? remembered.slice(0, -ASKED.length) : undefined;
    return {
      locale: chooseLocale({
        chosen: asked === undefined ? remembered : undefined,
        uiLocales: uiLocalesOf(request) ?? asked,
        acceptLanguage: request.headers['accept-language'],
      }),
      brand: brandOf(),
      path: pathOf(request, issuerOrigin),
    };
  };
}

/**
 * What the application asked for stands in the first address only: it is kept for the pages that follow. A choice of
 * the person's own is never overwritten by it.
 */
export function rememberAskedLanguage(app: FastifyInstance, cookies: Cookies): void {
  app.addHook('onRequest', async (request, reply) => {
    const uiLocales = request.method === 'GET' ? uiLocalesOf(request) : undefined;
    const remembered = cookies.read('language', request.headers.cookie);
    if (uiLocales === undefined || (remembered !== undefined && !remembered.endsWith(ASKED))) return;
    const value = chooseLocale({ uiLocales }).tag + ASKED;
    if (value !== remembered) reply.header('set-cookie', cookies.write('language', value));
  });
}

/** `ui_locales` of the page's own address, or of the authorization request that it will go back to. */
function uiLocalesOf(request: FastifyRequest): string | undefined {
  const query = new URLSearchParams(request.url.split('?')[1]);
  const returnTo = safeReturnTo(query.get('return_to') ?? undefined);
  return query.get('ui_locales') ?? new URLSearchParams(returnTo?.split('?')[1]).get('ui_locales') ?? undefined;
}

/** The answer to a form has no address that could be asked for again: then it is that of the page with the form. */
function pathOf({ method, url, headers }: FastifyRequest, issuerOrigin: string): string {
  if (method === 'GET') return safeReturnTo(url) ?? LANDING_PATH;
  const referer = URL.parse(headers.referer ?? '');
  if (referer?.origin !== issuerOrigin) return LANDING_PATH;
  return safeReturnTo(referer.pathname + referer.search) ?? LANDING_PATH;
}
