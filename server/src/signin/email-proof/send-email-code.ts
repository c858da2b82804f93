import { z } from 'zod';
import { findUser, type User } from '#directory';
import type { Mailer, RequestHandler } from '#mail';
import type { Tx } from '#store';
import { describeUserAgent } from '../describe-user-agent.ts';
import type { Device } from '../start-session.ts';
import { minutesOf } from './challenge-purposes.ts';
import { consumeCode, consumeLink, type MetChallenge, peekLink } from './consume-challenge.ts';
import { type ChallengeDeps, codeOf, startChallenge } from './start-challenge.ts';

/**
 * A code by mail as a factor: for the sign-in flow, which calls {@link countAttempts} before it sends. A fallback, since
 * whoever reads the mailbox has it; never the only second factor of somebody who has a better one.
 */
export interface EmailCodeDeps extends ChallengeDeps {
  mailer: Mailer;
  issuer: string;
}

const REQUEST = 'sign_in_code';
/** Where the link leads; the flow's own page. */
const LINK_PATH = '/sign-in/email';

const payloadSchema = z.strictObject({
  userId: z.string().nullable(),
  token: z.string(),
  locale: z.string(),
  device: z.string(),
  expiresAt: z.number(),
});

/**
 * Sends a code and a link to the person's address. With nobody to send to (`userId` absent) everything but the mail
 * happens just the same.
 * @returns the challenge's id, to be kept in the flow
 */
export async function sendEmailCode(
  tx: Tx,
  deps: EmailCodeDeps,
  input: { tenantId: string; userId: string | undefined; browser: string; device: Device; locale: string },
): Promise<{ challengeId: string }> {
  const { tenantId, userId, browser, device, locale } = input;
  const { id, token, expiresAt } = await startChallenge(tx, deps, { tenantId, purpose: 'sign_in', userId, browser });
  await deps.mailer.request(tx, {
    tenantId,
    kind: REQUEST,
    payload: { userId: userId ?? null, token, locale, device: describeUserAgent(device.userAgent, locale), expiresAt },
  });
  return { challengeId: id };
}

/** Tries the code. `undefined` when it is wrong, used, too late, or tried too often: commit all the same. */
export async function consumeEmailCode(
  tx: Tx,
  deps: ChallengeDeps,
  input: { tenantId: string; challengeId: string; code: string; browser: string },
): Promise<{ userId: string } | undefined> {
  const { challengeId: id, ...rest } = input;
  return proved(await consumeCode(tx, deps, { ...rest, id, purpose: 'sign_in' }));
}

export type OpenedEmailLink =
  | { kind: 'this_browser'; challengeId: string }
  /** Opened elsewhere: the code to type where the sign-in began. */
  | { kind: 'other_browser'; code: string }
  | { kind: 'refused' };

/** What to show to somebody who opened the link. Uses nothing up: mail programs open links too. */
export async function openEmailLink(
  tx: Tx,
  deps: ChallengeDeps,
  { tenantId, token, browser }: { tenantId: string; token: string; browser: string | undefined },
): Promise<OpenedEmailLink> {
  const here = await peekLink(tx, deps, { tenantId, purpose: 'sign_in', token, browser });
  if (here !== undefined) return { kind: 'this_browser', challengeId: here.id };
  // Shown without asking the database whether it is still good: where it is typed, that is seen.
  return /^gh_ln_/.test(token) && token.length < 100
    ? { kind: 'other_browser', code: codeOf(deps, token) }
    : { kind: 'refused' };
}

/** Uses the link up, in the browser that asked for it and nowhere else. */
export async function consumeEmailLink(
  tx: Tx,
  deps: ChallengeDeps,
  input: { tenantId: string; token: string; browser: string },
): Promise<{ userId: string; challengeId: string } | undefined> {
  const met = await consumeLink(tx, deps, { ...input, purpose: 'sign_in' });
  const who = proved(met);
  return who === undefined || met === undefined ? undefined : { ...who, challengeId: met.id };
}

export const emailCodeHandler = (deps: EmailCodeDeps): readonly [kind: string, handler: RequestHandler] => [
  REQUEST,
  async (tx, { tenantId, payload }) => {
    const { userId, token, locale, device, expiresAt } = payloadSchema.parse(payload);
    const user = userId === null ? undefined : await findUser(tx, { tenantId, id: userId });
    if (user === undefined || user.status !== 'active') return;
    await deps.mailer.queue(tx, {
      ...addressed(user, locale),
      tenantId,
      template: 'sign_in_code',
      expiresAt,
      values: {
        link: linkTo(deps.issuer, LINK_PATH, token),
        code: codeOf(deps, token),
        minutes: minutesOf('sign_in'),
        device,
      },
    });
  },
];

const proved = (met: MetChallenge | undefined) => (met?.userId === undefined ? undefined : { userId: met.userId });

const addressed = ({ email, name, locale: own }: User, locale: string) => ({ to: email, name, locale: own ?? locale });

export function linkTo(issuer: string, path: string, token: string): string {
  const url = new URL(path, issuer);
  url.searchParams.set('link', token);
  return url.href;
}
