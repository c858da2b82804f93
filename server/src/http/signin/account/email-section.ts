import { GatehouseError } from '#base';
import {
  confirmEmailChange,
  EMAIL_CHANGE_PATH,
  type EmailChangePage,
  errorText,
  renderEmailChangePage,
  requestEmailChange,
} from '#signin';
import type { Form } from '../form.ts';
import { deviceOf } from '../page-reply.ts';
import { type PagesContext, withMailer } from '../pages-context.ts';
import type { Outcome, Section, Visit } from './section.ts';

/** Another address to sign in with. Whoever has it has the account in the end, so a fresh proof comes first. */
export function emailSection(context: PagesContext): Section {
  const { tenantId } = context;
  const show = ({ view, facts }: Visit, page: EmailChangePage = {}) => renderEmailChangePage(view, facts, page);

  async function ask(visit: Visit, form: Form): Promise<Outcome> {
    const { current, view, request } = visit;
    const email = form.field('email');
    try {
      const asked = { current, email, address: request.ip, locale: view.locale.tag };
      return { page: show(visit, await requestEmailChange(withMailer(context), asked)) };
    } catch (error) {
      return { page: show(visit, { email, errors: { email: refusal(visit, error, 'invalid_input') } }) };
    }
  }

  async function confirm(visit: Visit, form: Form): Promise<Outcome> {
    const { current, view, request } = visit;
    const challengeId = form.field('challenge');
    const proof = { challengeId, code: form.field('code'), sessionId: current.session.id };
    try {
      const input = { tenantId, proof, device: deviceOf(request), locale: view.locale.tag };
      await confirmEmailChange(withMailer(context), input);
      return { told: 'email_changed', to: '/account' };
    } catch (error) {
      return { page: show(visit, { challengeId, errors: { code: refusal(visit, error, 'email_code_refused') } }) };
    }
  }

  return {
    path: EMAIL_CHANGE_PATH,
    show: async (visit) => show(visit),
    actions: [
      { path: EMAIL_CHANGE_PATH, sensitive: true, run: ask },
      { path: `${EMAIL_CHANGE_PATH}/code`, sensitive: true, run: confirm },
    ],
  };
}

/** What is told at the field; anything else the section tells. */
function refusal({ view }: Visit, error: unknown, code: string): string {
  if (error instanceof GatehouseError && error.code === code) return errorText(view, error);
  throw error;
}
