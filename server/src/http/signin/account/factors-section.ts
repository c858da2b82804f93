import { isId } from '#base';
import {
  ACCOUNT_PATHS,
  addPasskey,
  beginTotp,
  confirmTotp,
  countRecoveryCodes,
  listFactors,
  listSessions,
  type Proof,
  raiseSession,
  removeFactor,
  renamePasskey,
  renderFactorsPage,
  renderRecoveryCodesPage,
  renderTotpPage,
  replaceRecoveryCodes,
  signinErrors,
  toBase32,
  totpUri,
} from '#signin';
import type { Tx } from '#store';
import { visitorOf } from '../browser-cookies.ts';
import type { Form } from '../form.ts';
import { deviceOf } from '../page-reply.ts';
import type { PagesContext } from '../pages-context.ts';
import type { Outcome, Section, Visit } from './section.ts';

const TOTP_PATH = '/account/factors/totp';

/** What a person proves themselves with besides a password. Every change asks for a fresh strong proof (ASVS 7.5.1). */
export function factorsSection(context: PagesContext): Section {
  const { store, tenantId } = context;

  async function show({ view, facts, current: { user } }: Visit) {
    const { factors, sessions } = await store.transaction(
      { tenantId },
      async (tx) => ({
        factors: await listFactors(tx, user),
        sessions: await listSessions(tx, { user, now: facts.now }),
      }),
      { readOnly: true },
    );
    const { factors: allowed } = context.policies.of(user);
    return renderFactorsPage(view, facts, {
      ...factors,
      hasOtherSessions: sessions.length > 1,
      allowed: {
        totp: allowed.has('totp'),
        passkey: allowed.has('passkey'),
        recoveryCode: allowed.has('recovery_code'),
      },
    });
  }

  async function showTotp({ view, facts, current: { user } }: Visit) {
    if (!context.policies.of(user).factors.has('totp')) throw signinErrors.factor_not_allowed();
    const secret = await store.transaction({ tenantId }, (tx) => beginTotp(tx, context, user));
    return renderTotpPage(view, facts, {
      csrfToken: facts.csrfToken,
      action: TOTP_PATH,
      uri: totpUri({ issuer: context.issuerHost, account: user.email, secret }),
      secret: toBase32(secret),
    });
  }

  /**
   * Adds a factor. With the first come codes for when it is lost, shown this once; and the session goes on under a new
   * name, as strong as what was just proved.
   */
  async function added(visit: Visit, add: (tx: Tx) => Promise<Proof | undefined>): Promise<Outcome> {
    const { user, session, principal } = visit.current;
    const visitor = visitorOf(context, visit.request);
    const done = await store.transaction({ tenantId }, async (tx) => {
      const proof = await add(tx);
      // An answer, not a throw: what was used up by a refused one stays used up.
      if (proof === undefined) return undefined;
      const wanted =
        context.policies.of(user).factors.has('recovery_code') && (await countRecoveryCodes(tx, user)) === 0;
      const codes = wanted ? await replaceRecoveryCodes(tx, context, { user, actor: principal }) : [];
      return { codes, token: await raiseSession(tx, context, { user, session, proof, visitor }) };
    });
    if (done === undefined) throw signinErrors.code_refused();
    const after = afterCodes(visit, done.codes, 'factor_added');
    return { ...after, cookies: [...after.cookies, context.cookies.write('session', done.token)] };
  }

  /** What was done is told on the page that comes after the codes. */
  function afterCodes({ view }: Visit, codes: readonly string[], told: 'factor_added' | 'codes_replaced') {
    if (codes.length === 0) return { told, cookies: [] };
    const cookies = [context.cookies.write('told', told)];
    return { page: renderRecoveryCodesPage(view, { codes, next: ACCOUNT_PATHS.factors }), cookies };
  }

  const confirm = (visit: Visit, form: Form): Promise<Outcome> => {
    const { user, principal } = visit.current;
    const code = form.field('code').replaceAll(/\s/g, '');
    return added(visit, async (tx) => {
      if (!(await confirmTotp(tx, context, { user, code, device: deviceOf(visit.request), actor: principal })))
        return undefined;
      return { method: 'totp', amr: ['otp'], at: context.clock.now() };
    });
  };

  const add = (visit: Visit, form: Form): Promise<Outcome> => {
    const { user, session, principal } = visit.current;
    if (!context.policies.of(user).factors.has('passkey')) throw signinErrors.factor_not_allowed();
    const asked = { user, boundTo: `session:${session.id}`, text: form.field('response'), actor: principal };
    const device = deviceOf(visit.request);
    return added(visit, async (tx) => (await addPasskey(tx, context, { ...asked, device }))?.proof);
  };

  async function newCodes(visit: Visit): Promise<Outcome> {
    const { user, principal } = visit.current;
    const codes = await store.transaction({ tenantId }, async (tx) => {
      const { totpSince, passkeys } = await listFactors(tx, user);
      // Alone they would be no second factor: something must be there that they stand in for.
      if (totpSince === undefined && passkeys.length === 0) throw signinErrors.factor_not_allowed();
      return replaceRecoveryCodes(tx, context, { user, actor: principal });
    });
    return afterCodes(visit, codes, 'codes_replaced');
  }

  async function remove(visit: Visit, which: Parameters<typeof removeFactor>[1]['which']): Promise<Outcome> {
    const { user, principal } = visit.current;
    await removeFactor(context, { user, which, device: deviceOf(visit.request), actor: principal });
    return { told: 'factor_removed' };
  }

  function passkeyId({ request }: Visit): string {
    const { id } = request.params as { id?: string };
    if (!isId('passkey', id)) throw signinErrors.passkey_not_found();
    return id;
  }

  return {
    path: ACCOUNT_PATHS.factors,
    show,
    actions: [
      { path: TOTP_PATH, sensitive: true, confirm: showTotp, run: confirm },
      { path: '/account/factors/totp/remove', sensitive: true, run: (visit) => remove(visit, { factor: 'totp' }) },
      { path: '/account/factors/passkeys', sensitive: true, run: add },
      {
        path: '/account/factors/passkeys/:id/remove',
        sensitive: true,
        run: (visit) => remove(visit, { factor: 'passkey', id: passkeyId(visit) }),
      },
      {
        path: '/account/factors/passkeys/:id/rename',
        run: async (visit, form) => {
          const { user, principal } = visit.current;
          const id = passkeyId(visit);
          await renamePasskey(context, { user, id, name: form.field(`name-${id}`), actor: principal });
          return {};
        },
      },
      { path: '/account/factors/recovery-codes', sensitive: true, run: newCodes },
    ],
  };
}
