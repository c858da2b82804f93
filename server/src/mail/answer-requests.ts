import type { Clock, Logger } from '#base';
import type { Keyring } from '#keyring';
import type { Store, Tx } from '#store';
import { type MailTables, requestPlace } from './tables.ts';

/** Does what was asked for, in one transaction with taking the request away. The payload is what the asking room gave. */
export type RequestHandler = (tx: Tx, request: { tenantId: string; payload: unknown }) => Promise<void>;
export type RequestHandlers = Readonly<Record<string, RequestHandler>>;

export interface AnswerRequestsDeps {
  store: Pick<Store, 'transaction'>;
  keyring: Pick<Keyring, 'open'>;
  clock: Clock;
  log: Logger;
  handlers: RequestHandlers;
}

const BATCH = 50;
const ATTEMPTS_MAX = 5;
const PAUSE_MS = 10_000;

/** Answers what is due, one after the other. @returns how many were looked at */
export async function answerRequests(deps: AnswerRequestsDeps, signal: AbortSignal): Promise<number> {
  const due = await deps.store.transaction({ system: true }, (tx) =>
    tx
      .withTables<MailTables>()
      .selectFrom('mail_requests')
      .select(['tenant_id', 'id', 'attempts'])
      .where('next_attempt_at', '<=', deps.clock.now())
      .orderBy('next_attempt_at')
      .orderBy('id')
      .limit(BATCH)
      .execute(),
  );
  for (const request of due) {
    if (signal.aborted) break;
    await answer(deps, request).catch((err: unknown) => postpone(deps, request, err));
  }
  return due.length;
}

interface Due {
  tenant_id: string;
  id: string;
  attempts: number;
}

/** Who takes the row away does the work, and only if it is done does the row stay away. */
async function answer(
  { store, keyring, handlers }: AnswerRequestsDeps,
  { tenant_id: tenantId, id }: Due,
): Promise<void> {
  await store.transaction({ tenantId }, async (tx) => {
    const row = await tx
      .withTables<MailTables>()
      .deleteFrom('mail_requests')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .returning(['kind', 'sealed'])
      .executeTakeFirst();
    if (row === undefined) return;
    const handler = Object.hasOwn(handlers, row.kind) ? handlers[row.kind] : undefined;
    // Of a version that knew more: it can only be left.
    if (handler === undefined) return;
    await handler(tx, { tenantId, payload: JSON.parse(keyring.open(row.sealed, requestPlace(id)).toString()) });
  });
}

/** Something that can't be answered must not stand in the way of the others, nor stay for ever. */
async function postpone(deps: AnswerRequestsDeps, request: Due, err: unknown): Promise<void> {
  const { tenant_id: tenantId, id, attempts } = request;
  const last = attempts + 1 >= ATTEMPTS_MAX;
  deps.log.error({ err, request: id, last }, 'a request for mail failed');
  await deps.store.transaction({ tenantId }, async (tx) => {
    const db = tx.withTables<MailTables>();
    const set = { attempts: attempts + 1, next_attempt_at: deps.clock.now() + PAUSE_MS };
    await (last
      ? db.deleteFrom('mail_requests').where('tenant_id', '=', tenantId).where('id', '=', id).execute()
      : db.updateTable('mail_requests').set(set).where('tenant_id', '=', tenantId).where('id', '=', id).execute());
  });
}
