import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatehouseError } from '#base';
import {
  answerWithCode,
  answerWithEmail,
  answerWithPasskey,
  answerWithPassword,
  askForFlowPasskey,
  beginFlowPasskey,
  beginStepUp,
  beginTotpInFlow,
  cancelFlow,
  confirmTotpInFlow,
  csrfToken,
  enrolFlowPasskey,
  errorText,
  type FlowView,
  LANDING_PATH,
  mayUseEmail,
  type Page,
  readStepUp,
  renderConfirmPasswordPage,
  renderEmailFactorPage,
  renderEnrolPage,
  renderRecoveryCodesPage,
  renderSecondFactorPage,
  SEND_EMAIL_PATH,
  type SignInOutcome,
  type StepProblem,
  safeReturnTo,
  sendFlowEmail,
  signInUrl,
  signinErrors,
  strongFactors,
  toBase32,
  totpUri,
  type View,
  viewFlow,
  wantedAcr,
} from '#signin';
import { afterStep, FLOW_PATH, visitorOf } from './browser-cookies.ts';
import { formOf, hasFormToken, isFromOurPage } from './form.ts';
import { seeOther, sendOptions, sendPage } from './page-reply.ts';
import { type PagesContext, withMailer } from './pages-context.ts';

const DAY_MS = 24 * 3_600_000;

/** Failures that show the step again, by code and with which status. */
const SHOWN_ON_STEP: Readonly<Record<string, number>> = {
  code_refused: 422,
  enrolment_over: 422,
  sign_in_throttled: 429,
  mail_throttled: 429,
  factor_not_allowed: 403,
  password_work_busy: 503,
  form_refused: 403,
};
/** Failures after which the flow's own page says where things stand: at another step, or over. */
const LOOK_AGAIN = new Set(['step_out_of_turn', 'flow_over']);

/** The steps after the first, each a page of its own under one address: which one comes is the flow's to say. */
export function flowRoutes(app: FastifyInstance, context: PagesContext): void {
  const { cookies, tenantId } = context;
  const inFlow = { config: { public: 'the flow’s cookie is the credential: it names a sign-in that is under way' } };
  const tokenOf = (request: FastifyRequest) => cookies.read('flow', request.headers.cookie);

  const stepUp = { config: { public: 'asks who is signed in for more; others are sent to sign in' } };
  app.get<{ Querystring: Record<string, unknown> }>('/sign-in/step-up', stepUp, async (request, reply) => {
    const returnTo = safeReturnTo(request.query.return_to) ?? LANDING_PATH;
    const current = await context.sessions.resolve(request.headers.cookie);
    if (current === undefined) return seeOther(reply, signInUrl(returnTo));
    const flow = await beginStepUp(context, { ...current, demand: readStepUp(request.query), returnTo });
    return flow === undefined ? seeOther(reply, returnTo) : seeOther(reply, FLOW_PATH, [cookies.write('flow', flow)]);
  });

  app.get(FLOW_PATH, inFlow, (request, reply) => showStep(request, reply));

  app.post('/sign-in/flow/code', inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const form = formOf(request);
      const outcome = await answerWithCode(context, {
        tenantId,
        token,
        code: form.field('code'),
        rememberDevice: form.field('remember') === 'yes',
        visitor: visitorOf(context, request),
      });
      return goOn(request, reply, outcome);
    }),
  );

  app.post('/sign-in/flow/password', inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const password = formOf(request).field('password');
      const visitor = visitorOf(context, request);
      return goOn(request, reply, await answerWithPassword(context, { tenantId, token, password, visitor }));
    }),
  );

  app.post(SEND_EMAIL_PATH, inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const locale = context.viewOf(request).locale.tag;
      const asked = { tenantId, token, visitor: visitorOf(context, request), locale };
      await sendFlowEmail(withMailer(context), asked);
      return seeOther(reply, FLOW_PATH);
    }),
  );

  app.post(`${SEND_EMAIL_PATH}/code`, inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const given = { code: formOf(request).field('code') };
      const visitor = visitorOf(context, request);
      return goOn(
        request,
        reply,
        await answerWithEmail(withMailer(context), { tenantId, token, visitor, answer: given }),
      );
    }),
  );

  app.post('/sign-in/flow/totp', inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const code = formOf(request).field('code');
      const visitor = visitorOf(context, request);
      const { outcome, recoveryCodes } = await confirmTotpInFlow(context, { tenantId, token, code, visitor });
      return goOn(request, reply, outcome, recoveryCodes);
    }),
  );

  app.post('/sign-in/flow/passkey', inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const form = formOf(request);
      const outcome = await answerWithPasskey(context, {
        tenantId,
        token,
        text: form.field('response'),
        rememberDevice: form.field('remember') === 'yes',
        visitor: visitorOf(context, request),
      });
      return goOn(request, reply, outcome);
    }),
  );

  app.post('/sign-in/flow/enrol-passkey', inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const text = formOf(request).field('response');
      const visitor = visitorOf(context, request);
      const { outcome, recoveryCodes } = await enrolFlowPasskey(context, { tenantId, token, text, visitor });
      return goOn(request, reply, outcome, recoveryCodes);
    }),
  );

  for (const [path, ask] of [
    ['/sign-in/flow/passkey/options', askForFlowPasskey],
    ['/sign-in/flow/enrol-passkey/options', beginFlowPasskey],
  ] as const) {
    app.post(path, inFlow, async (request, reply) =>
      answer(request, reply, async (token) => sendOptions(reply, await ask(context, { tenantId, token }))),
    );
  }

  app.post('/sign-in/flow/cancel', inFlow, (request, reply) =>
    answer(request, reply, async (token) => {
      const returnTo = await cancelFlow(context, { tenantId, token });
      return seeOther(reply, signInUrl(returnTo), [cookies.clear('flow')]);
    }),
  );

  /** Only for a form that our page showed for this very flow. */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    work: (token: string) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const token = tokenOf(request);
    if (token === undefined) return seeOther(reply, signInUrl('/'), [cookies.clear('flow')]);
    const believed = isFromOurPage(context, request) && hasFormToken(context, request, { flow: token });
    try {
      if (!believed) throw signinErrors.form_refused();
      return await work(token);
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      if (LOOK_AGAIN.has(error.code)) return seeOther(reply, FLOW_PATH);
      const status = SHOWN_ON_STEP[error.code];
      if (status === undefined) throw error;
      const retryAfter = error.details?.retryAfterSeconds;
      if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter));
      return showStep(request, reply, { status, message: errorText(context.viewOf(request), error) });
    }
  }

  function goOn(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: SignInOutcome,
    recoveryCodes: readonly string[] = [],
  ) {
    const { path, setCookies } = afterStep(context, outcome);
    if (recoveryCodes.length === 0) return seeOther(reply, path, setCookies);
    return sendPage(
      reply,
      renderRecoveryCodesPage(context.viewOf(request), { codes: recoveryCodes, next: path }),
      setCookies,
    );
  }

  async function showStep(request: FastifyRequest, reply: FastifyReply, problem?: StepProblem) {
    const token = tokenOf(request);
    const view = await viewFlow(context, { tenantId, token });
    if (token === undefined || view === undefined) return seeOther(reply, '/sign-in', [cookies.clear('flow')]);
    const page = await STEP_PAGES[view.step]?.(context, { view: context.viewOf(request), token, flow: view, problem });
    return page === undefined ? seeOther(reply, '/sign-in', [cookies.clear('flow')]) : sendPage(reply, page);
  }
}

interface ShownStep {
  view: View;
  token: string;
  flow: FlowView;
  problem: StepProblem | undefined;
}
type StepPage = (context: PagesContext, shown: ShownStep) => Promise<Page>;

const STEP_PAGES: Readonly<Record<FlowView['step'], StepPage | undefined>> = {
  authenticate: async (context, { view, token, flow, problem }) =>
    renderConfirmPasswordPage(view, { ...frame(context, token), email: flow.user.email, problem }),

  second_factor: async (context, { view, token, flow: { user, facts }, problem }) => {
    if (mayUseEmail(facts)) {
      const sent = facts.state.emailChallengeId !== undefined;
      return renderEmailFactorPage(view, { ...frame(context, token), email: user.email, sent, problem });
    }
    return renderSecondFactorPage(view, {
      ...frame(context, token),
      email: user.email,
      totp: strongFactors(facts).includes('totp'),
      passkey: strongFactors(facts).includes('passkey'),
      recoveryCode: facts.policy.factors.has('recovery_code'),
      rememberDays: Math.floor(context.policies.of(user).rememberDeviceMs / DAY_MS),
      problem,
    });
  },

  enrol: async (context, { view, token, flow: { user, facts }, problem }) => {
    const { policy } = facts;
    // Where only a passkey would do, no app is asked for.
    const totp = policy.factors.has('totp') && wantedAcr(facts) !== 'phr';
    const secret = totp ? await beginTotpInFlow(context, { tenantId: context.tenantId, token }) : Buffer.alloc(0);
    return renderEnrolPage(view, {
      ...frame(context, token),
      action: '/sign-in/flow/totp',
      uri: totpUri({ issuer: context.issuerHost, account: user.email, secret }),
      secret: toBase32(secret),
      totp,
      passkey: policy.factors.has('passkey'),
      problem,
    });
  },
  identify: undefined,
  done: undefined,
};

function frame({ keyring, issuerHost }: PagesContext, token: string) {
  return { csrfToken: csrfToken(keyring, { flow: token }), issuerHost };
}
