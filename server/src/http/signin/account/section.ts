import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '#base';
import {
  type AccountFacts,
  csrfToken,
  errorText,
  findLocale,
  missingForSensitive,
  type Page,
  type ResolvedSession,
  signInUrl,
  signinErrors,
  stepUpUrl,
  type View,
} from '#signin';
import { statusOf } from '../../error-status.ts';
import { type Form, formOf, hasFormToken, isFromOurPage } from '../form.ts';
import { seeOther, sendPage } from '../page-reply.ts';
import type { PagesContext } from '../pages-context.ts';

/** Somebody at their own account. Every command is given the id in here, never one from outside. */
export interface Visit {
  request: FastifyRequest;
  current: ResolvedSession;
  view: View;
  facts: AccountFacts;
}

/** What was done, in a word that the next page tells; or a page to show at once. */
export type Outcome =
  | { told?: keyof View['locale']['text']['account']['told']; to?: string; cookies?: readonly string[] }
  | { page: Page; cookies?: readonly string[] };

export interface Action {
  /** The path that the form posts to. */
  path: string;
  /** Asked for first, at the same path: what can't be taken back is not done by one press. */
  confirm?: (visit: Visit) => Promise<Page>;
  /** Asks first that they prove afresh, and strongly if they can, who they are (ASVS 7.5.1). */
  sensitive?: true;
  run: (visit: Visit, form: Form) => Promise<Outcome>;
}

/** One page of the account and what can be done on it. */
export interface Section {
  path: string;
  show: (visit: Visit) => Promise<Page>;
  actions: readonly Action[];
}

const OWN_ACCOUNT = { config: { public: 'a signed-in person sees only their own account; others go to sign-in' } };

/** Refusals that the page itself can tell, beside what there is now. Any other leaves as an error page. */
const TOLD_ON_PAGE = new Set([
  'invalid_input',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'rate_limited',
]);

export function sectionRoutes(app: FastifyInstance, context: PagesContext, section: Section): void {
  app.get(section.path, OWN_ACCOUNT, async (request, reply) => {
    const visit = await visitOf(context, request);
    if (visit === undefined) return seeOther(reply, signInUrl(section.path));
    const shown = told(visit, context.cookies.read('told', request.headers.cookie));
    return sendPage(reply, await section.show(shown ?? visit), [shown && context.cookies.clear('told')]);
  });

  for (const { path, confirm, run, sensitive } of section.actions) {
    if (confirm !== undefined) {
      app.get(path, OWN_ACCOUNT, async (request, reply) => {
        const visit = await visitOf(context, request);
        if (visit === undefined) return seeOther(reply, signInUrl(section.path));
        if (visit.facts.acting) return seeOther(reply, section.path);
        const proof = sensitive && (await missingForSensitive(context, visit.current));
        if (proof) return seeOther(reply, stepUpUrl(proof, request.url));
        return orSection(reply, visit, () => confirm(visit));
      });
    }
    app.post(path, OWN_ACCOUNT, async (request, reply) => {
      const visit = await visitOf(context, request);
      if (visit === undefined) return seeOther(reply, signInUrl(section.path));
      // Whoever acts for somebody sees their account, and changes nothing of it.
      if (visit.facts.acting)
        return sendPage(reply, await section.show(refused(visit, signinErrors.acting_reads_only())));
      if (!isBelieved(context, request, visit)) {
        return sendPage(reply, await section.show(refused(visit, signinErrors.form_refused())));
      }
      const proof = sensitive && (await missingForSensitive(context, visit.current));
      if (proof) return seeOther(reply, stepUpUrl(proof, section.path));
      return orSection(reply, visit, () => run(visit, formOf(request)));
    });
  }

  /** It ended meanwhile, or never was theirs: the page tells why and shows what there is. */
  async function orSection(reply: FastifyReply, visit: Visit, work: () => Promise<Page | Outcome>) {
    try {
      return answer(reply, await work());
    } catch (error) {
      if (!(error instanceof GatehouseError) || !TOLD_ON_PAGE.has(error.category)) throw error;
      const retryAfter = error.details?.retryAfterSeconds;
      if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
      return sendPage(reply, await section.show(refused(visit, error)));
    }
  }

  function answer(reply: FastifyReply, outcome: Page | Outcome) {
    if ('body' in outcome) return sendPage(reply, outcome);
    if ('page' in outcome) return sendPage(reply, outcome.page, outcome.cookies);
    const word = outcome.told === undefined ? [] : [context.cookies.write('told', outcome.told)];
    return seeOther(reply, outcome.to ?? section.path, [...(outcome.cookies ?? []), ...word]);
  }
}

async function visitOf(context: PagesContext, request: FastifyRequest): Promise<Visit | undefined> {
  const { cookie } = request.headers;
  const acting = await context.sessions.acting(cookie);
  const current = acting ?? (await context.sessions.resolve(cookie));
  if (current === undefined) return undefined;
  const { user } = current;
  const token = csrfOf(context, current);
  const view = { ...inOwnLanguage(context, request, user.locale), formToken: { csrf_token: token } };
  return {
    request,
    current,
    view,
    facts: { csrfToken: token, now: context.clock.now(), user, acting: acting !== undefined },
  };
}

export const csrfOf = ({ keyring }: PagesContext, { session }: ResolvedSession): string =>
  csrfToken(keyring, { sessionId: session.id });

/** What somebody chose once holds in every browser, until another language is chosen in this one. */
function inOwnLanguage({ cookies, viewOf }: PagesContext, request: FastifyRequest, own: string | undefined): View {
  const view = viewOf(request);
  const locale = own === undefined || cookies.read('language', request.headers.cookie) ? undefined : findLocale(own);
  return locale === undefined ? view : { ...view, locale };
}

function isBelieved(context: PagesContext, request: FastifyRequest, { current }: Visit): boolean {
  return isFromOurPage(context, request) && hasFormToken(context, request, { sessionId: current.session.id });
}

function told(visit: Visit, code: string | undefined): Visit | undefined {
  const words: Readonly<Record<string, string>> = visit.view.locale.text.account.told;
  if (code === undefined || !Object.hasOwn(words, code)) return undefined;
  return {
    ...visit,
    facts: { ...visit.facts, told: { message: words[code] ?? '', tone: 'success', status: 200, code } },
  };
}

function refused(visit: Visit, error: GatehouseError): Visit {
  const message = errorText(visit.view, error);
  return { ...visit, facts: { ...visit.facts, told: { message, tone: 'warn', status: statusOf(error.category) } } };
}
