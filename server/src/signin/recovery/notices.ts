import type { Clock } from '#base';
import type { User } from '#directory';
import type { Mailer, MailTemplateName } from '#mail';
import type { Tx } from '#store';
import { describeUserAgent } from '../describe-user-agent.ts';
import { type Place, placeText } from '../place.ts';

export interface NoticeDeps {
  mailer: Mailer;
  clock: Clock;
  issuer: string;
}

/** For commands that also run where there is no mail, as in tests of one room. Then nobody is told. */
export type MayTell = Partial<Pick<NoticeDeps, 'mailer' | 'issuer'>>;

/** What happened, and with what. Where it happened is what the browser said, and the network it came from. */
export interface Happening {
  device: { userAgent: string; address: string } | 'administrator';
  /** What the factor is called: "Passkey", "Authenticator app". */
  factor?: string;
  /** Where, as far as is known, and where the sign-in before was. */
  place?: Place;
  before?: Place;
}

type Values = Readonly<Record<string, string>>;
type Words = {
  device: string;
  place: string;
  before: string;
  time: string;
  factor: string;
  accountLink: string;
  recoveryLink: string;
};

/**
 * Everything a person is told about their account without having asked (ASVS 6.3.7, 6.3.5), by what happened. The mail
 * goes to the address that the account has; what changes the address itself writes to the old one.
 */
const NOTICES = {
  password_changed: ({ device, time, recoveryLink }) => ({ device, time, recovery_link: recoveryLink }),
  new_device: ({ device, place, time, accountLink }) => ({ device, place, time, account_link: accountLink }),
  impossible_travel: ({ device, place, before, time, accountLink }) => ({
    device,
    place,
    before,
    time,
    account_link: accountLink,
  }),
  factor_added: ({ factor, device, time, accountLink }) => ({ factor, device, time, account_link: accountLink }),
  factor_removed: ({ factor, device, time, accountLink }) => ({ factor, device, time, account_link: accountLink }),
} as const satisfies Partial<Record<MailTemplateName, (words: Words) => Values>>;

export type NoticeName = keyof typeof NOTICES;

/** Queues a notice in the transaction in which it happens. One that is suppressed is no failure: the event log has it. */
export async function sendNotice(
  tx: Tx,
  deps: NoticeDeps,
  input: { user: User; notice: NoticeName; happening: Happening; locale?: string | undefined },
): Promise<void> {
  const { user, notice, happening } = input;
  const locale = user.locale ?? input.locale;
  const { factor = '' } = happening;
  const words: Words = {
    ...deviceWords(happening, locale),
    before: happening.before === undefined ? '' : placeText(happening.before, locale),
    time: timeText(deps.clock.now()),
    factor,
    accountLink: new URL('/account', deps.issuer).href,
    recoveryLink: new URL('/recover', deps.issuer).href,
  };
  // One value more or less than the template names is a type error above; which template it is, only the name tells.
  const values = NOTICES[notice](words) as never;
  await deps.mailer.queue(tx, {
    tenantId: user.tenantId,
    to: user.email,
    name: user.name,
    template: notice,
    locale,
    values,
  });
}

/** Whose doing it was: a browser's, or somebody's who administers the account and whose place is not theirs to know. */
function deviceWords({ device, place }: Happening, locale: string | undefined): Pick<Words, 'device' | 'place'> {
  if (device === 'administrator')
    return { device: locale?.startsWith('de') ? 'Verwaltung' : 'an administrator', place: '' };
  const { userAgent, address } = device;
  return {
    device: describeUserAgent(userAgent, locale),
    place: place === undefined ? address : `${placeText(place, locale)} (${address})`,
  };
}

/** {@link sendNotice} where there is mail. */
export async function tellIfPossible(
  tx: Tx,
  { mailer, issuer, clock }: MayTell & Pick<NoticeDeps, 'clock'>,
  input: Parameters<typeof sendNotice>[2],
): Promise<void> {
  if (mailer !== undefined && issuer !== undefined) await sendNotice(tx, { mailer, issuer, clock }, input);
}

/** In UTC and said so: where the reader is nobody knows. */
export const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
