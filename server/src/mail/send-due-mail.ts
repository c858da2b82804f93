import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { GatehouseError, type IdSource, type Logger, systemPrincipal } from '#base';
import type { Keyring } from '#keyring';
import type { Store } from '#store';
import type { MailAuditEvent } from './audit-events.ts';
import { type ComposeDeps, composeMail } from './compose-mail.ts';
import { openLetter } from './letter-content.ts';
import { isMailTemplate } from './mail-templates.ts';
import { type MailTransport, type OutgoingMail, SendFailure } from './mail-transport.ts';
import type { MailTables } from './tables.ts';

export interface SendMailDeps extends IdSource, ComposeDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'open'>;
  transport: MailTransport;
  log: Logger;
}

/** As many as the transport has connections. */
const BATCH = 3;
const SEND_MILLISECONDS_MAX = 45_000;
/** A mail that was taken to be sent is another's again after this, should who took it have died. */
const LEASE_MS = 60_000;
export const ATTEMPTS_MAX = 12;
const PAUSE_FIRST_MS = 15_000;
const PAUSE_MAX_MS = 60 * 60_000;

interface Taken {
  tenant_id: string;
  id: string;
  template: string;
  sealed: string | null;
  attempts: number;
  expires_at: number;
}

/**
 * Sends what is due, a few at a time. Each is taken by one statement that also says when it is due again: who dies with
 * it in his hands delays it, and loses nothing. That it may arrive twice then is the price; its Message-ID is the same.
 * @returns how many were tried
 */
export async function sendDueMail(deps: SendMailDeps, signal: AbortSignal): Promise<number> {
  const taken = await takeDue(deps);
  await Promise.all(taken.map((mail) => sendOne(deps, mail, signal)));
  return taken.length;
}

function takeDue({ store, clock }: SendMailDeps): Promise<Taken[]> {
  const now = clock.now();
  return store.transaction({ system: true }, async (tx) => {
    const db = tx.withTables<MailTables>();
    return db
      .updateTable('mail_outbox')
      .set({ attempts: sql<number>`attempts + 1`, next_attempt_at: now + LEASE_MS, failure: null })
      .where((where) =>
        where(
          where.refTuple('tenant_id', 'id'),
          'in',
          db
            .selectFrom('mail_outbox')
            .select(['tenant_id', 'id'])
            .where('status', '=', 'queued')
            .where('next_attempt_at', '<=', now)
            .orderBy('next_attempt_at')
            .limit(BATCH)
            .forUpdate()
            .skipLocked()
            .$asTuple('tenant_id', 'id'),
        ),
      )
      .returning(['tenant_id', 'id', 'template', 'sealed', 'attempts', 'expires_at'])
      .execute();
  });
}

/**
 * What was taken and has no outcome is due at once. For who has just won the lock: whoever held it before is most likely
 * dead, and nobody should wait for the lease of the dead. Should he live, a mail goes twice.
 */
export async function releaseTaken({ store, clock }: Pick<SendMailDeps, 'store' | 'clock'>): Promise<void> {
  await store.transaction({ system: true }, (tx) =>
    tx
      .withTables<MailTables>()
      .updateTable('mail_outbox')
      .set({ next_attempt_at: clock.now() })
      .where('status', '=', 'queued')
      .where('attempts', '>', 0)
      .where('failure', 'is', null)
      .execute(),
  );
}

async function sendOne(deps: SendMailDeps, mail: Taken, signal: AbortSignal): Promise<void> {
  const failure = await trySending(deps, mail, signal);
  if (failure === undefined) return finish(deps, mail, { status: 'sent' });
  const { message: reason } = failure;
  if (signal.aborted && !failure.permanent) return;
  const last = failure.permanent || mail.attempts >= ATTEMPTS_MAX;
  deps.log.warn({ err: failure.cause, mail: mail.id, reason, last }, 'a mail could not be sent');
  if (last) return finish(deps, mail, { status: 'given_up', reason });
  await update(deps, mail, { failure: reason, next_attempt_at: deps.clock.now() + pauseAfter(mail.attempts) });
}

async function trySending(deps: SendMailDeps, mail: Taken, signal: AbortSignal): Promise<SendFailure | undefined> {
  // The link in it has ended: it would only make someone click in vain.
  if (mail.expires_at <= deps.clock.now()) return new SendFailure('expired', { permanent: true });
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SEND_MILLISECONDS_MAX)]);
    await deps.transport.send(outgoing(deps, mail), limit);
    return undefined;
  } catch (cause) {
    if (cause instanceof SendFailure) return cause;
    // Our own: it can't be opened or written, and could not be later.
    return new SendFailure(cause instanceof GatehouseError ? cause.code : 'unexpected', {
      permanent: cause instanceof GatehouseError,
      cause,
    });
  }
}

function outgoing(deps: SendMailDeps, { tenant_id: tenantId, id, template, sealed }: Taken): OutgoingMail {
  if (sealed === null || !isMailTemplate(template)) throw new SendFailure('unreadable', { permanent: true });
  const content = openLetter(deps.keyring, id, sealed);
  const mail = composeMail(deps, { tenantId, template, content });
  return { ...mail, to: content.to, messageId: `<${id}@${deps.host.replace(/:\d+$/, '')}>` };
}

/** Either way nothing of the mail stays: what opens a door is not kept longer than it takes to hand it over. */
async function finish(
  deps: SendMailDeps,
  mail: Taken,
  outcome: { status: 'sent' } | { status: 'given_up'; reason: string },
): Promise<void> {
  const { tenant_id: tenantId, id, template, attempts } = mail;
  await deps.store.transaction({ tenantId }, async (tx) => {
    const { numUpdatedRows } = await tx
      .withTables<MailTables>()
      .updateTable('mail_outbox')
      .set({
        status: outcome.status,
        sealed: null,
        finished_at: deps.clock.now(),
        failure: 'reason' in outcome ? outcome.reason : null,
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('status', '=', 'queued')
      .executeTakeFirst();
    if (numUpdatedRows === 0n || outcome.status === 'sent') return;
    await recordEvent(tx, deps, {
      tenantId,
      type: 'mail.given_up' satisfies MailAuditEvent,
      actor: systemPrincipal(tenantId, 'mail'),
      target: { type: 'mail', id },
      detail: { template, attempts, reason: outcome.reason },
    });
  });
}

async function update(
  { store }: SendMailDeps,
  { tenant_id: tenantId, id }: Taken,
  set: { failure: string; next_attempt_at: number },
): Promise<void> {
  await store.transaction({ tenantId }, (tx) =>
    tx
      .withTables<MailTables>()
      .updateTable('mail_outbox')
      .set(set)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('status', '=', 'queued')
      .execute(),
  );
}

/** 15 s, 30 s, 1 min … 1 h: a server that is restarted is met again soon, one that is down for a day is not hammered. */
export function pauseAfter(attempts: number): number {
  return Math.min(PAUSE_FIRST_MS * 2 ** (attempts - 1), PAUSE_MAX_MS);
}
