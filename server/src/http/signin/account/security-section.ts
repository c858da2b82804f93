import { GatehouseError } from '#base';
import {
  ACCOUNT_PATHS,
  changePassword,
  errorText,
  hasPassword,
  renderSecurityPage,
  type SecurityPage,
  type View,
} from '#signin';
import { visitorOf } from '../browser-cookies.ts';
import type { Form } from '../form.ts';
import type { PagesContext } from '../pages-context.ts';
import type { Outcome, Section, Visit } from './section.ts';

/** How a person proves who they are. */
export function securitySection(context: PagesContext): Section {
  const { store, tenantId } = context;

  async function show({ view, facts, current }: Visit, errors?: SecurityPage['errors']) {
    const userId = current.user.id;
    const known = await store.transaction({ tenantId }, (tx) => hasPassword(tx, { tenantId, userId }), {
      readOnly: true,
    });
    return renderSecurityPage(view, facts, { hasPassword: known, ...(errors === undefined ? {} : { errors }) });
  }

  async function change(visit: Visit, form: Form): Promise<Outcome> {
    const { current, view, request } = visit;
    const password = form.field('password');
    if (password !== form.field('password_again')) {
      return { page: await show(visit, { password_again: view.locale.text.setup.passwordsDiffer }) };
    }
    try {
      const token = await changePassword(context, {
        current,
        currentPassword: form.field('current_password'),
        password,
        endOthers: form.field('end_others') !== '',
        visitor: visitorOf(context, request),
      });
      return { told: 'password_changed', cookies: [context.cookies.write('session', token)] };
    } catch (error) {
      const errors = error instanceof GatehouseError ? errorsOf(view, error) : undefined;
      if (errors === undefined) throw error;
      return { page: await show(visit, errors) };
    }
  }

  return {
    path: ACCOUNT_PATHS.security,
    show: (visit) => show(visit),
    actions: [{ path: '/account/security/password', sensitive: true, run: change }],
  };
}

/** Which field an error belongs to, by code. */
const FIELD_OF: Readonly<Record<string, keyof NonNullable<SecurityPage['errors']>>> = {
  current_password_wrong: 'current_password',
  password_refused: 'password',
};

function errorsOf(view: View, error: GatehouseError): SecurityPage['errors'] | undefined {
  const field = FIELD_OF[error.code];
  return field === undefined ? undefined : { [field]: errorText(view, error) };
}
