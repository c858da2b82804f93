import { setTimeout as wait } from 'node:timers/promises';
import type { LeaderHandle, Store } from '#store';
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

/** What is due only later, or was missed, is found within this time. */
const POLL_MILLISECONDS = 5_000;

/**
 * The one process that holds the lock answers requests and sends mail, as soon as the change feed tells of some. Two that
 * do it for a moment take different mails.
 */
export function startMailWorker(deps: MailWorkerDeps): LeaderHandle {
  const { store, log, transport } = deps;
  return store.leader('mail', async (signal) => {
    let nudge = new AbortController();
    const wake = () => nudge.abort();
    const stopListening = [store.changes.subscribe([MAIL_TOPIC], wake), store.changes.onResync(wake)];
    try {
      await releaseTaken(deps).catch((err: unknown) => log.error({ err }, 'mail: what was taken waits for its lease'));
      while (!signal.aborted) {
        nudge = new AbortController();
        const done = await round(deps, transport, signal).catch((err: unknown) => {
          log.error({ err }, 'mail: a round failed; it is tried again');
          return 0;
        });
        if (done > 0) continue;
        await wait(POLL_MILLISECONDS, undefined, { signal: AbortSignal.any([signal, nudge.signal]), ref: false }).catch(
          () => undefined,
        );
      }
    } finally {
      for (const stop of stopListening) stop();
    }
  });
}

async function round(deps: MailWorkerDeps, transport: MailTransport | undefined, signal: AbortSignal): Promise<number> {
  const answered = await answerRequests(deps, signal);
  if (transport === undefined || signal.aborted) return answered;
  return answered + (await sendDueMail({ ...deps, transport }, signal));
}
