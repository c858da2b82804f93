import { type LeaderHandle, leadInRounds, type Store } from '#store';
import { type AnswerRequestsDeps, answerRequests } from './answer-requests.ts';
import type { MailTransport } from './mail-transport.ts';
import { MAIL_TOPIC } from './mailer.ts';
import { releaseTaken, type SendMailDeps, sendDueMail } from './send-due-mail.ts';

export type MailWorkerDeps = Omit<SendMailDeps, 'transport' | 'store'> &
  Omit<AnswerRequestsDeps, 'store'> & {
    store: Pick<Store, 'transaction' | 'changes' | 'leader'>;
    /** Absent when no mail server is configured: mails stay in the outbox, where development looks at them. */
    transport: MailTransport | undefined;
  };

const POLL_MILLISECONDS = 5_000;

/** The one process that holds the lock answers requests and sends mail, as soon as the change feed tells of some. */
export function startMailWorker(deps: MailWorkerDeps): LeaderHandle {
  const { transport } = deps;
  return leadInRounds(deps, {
    name: 'mail',
    topics: [MAIL_TOPIC],
    pollMilliseconds: POLL_MILLISECONDS,
    work: (signal) => ({
      begin: () => releaseTaken(deps),
      async round() {
        const answered = await answerRequests(deps, signal);
        if (transport === undefined || signal.aborted) return answered;
        return answered + (await sendDueMail({ ...deps, transport }, signal));
      },
    }),
  });
}
