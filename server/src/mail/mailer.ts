import { sql } from 'kysely';
import { recordEvent } from '#audit';
import { type IdSource, newId, systemPrincipal } from '#base';
import type { Keyring } from '#keyring';
import { recordChange, type Tx } from '#store';
import type { MailAuditEvent } from './audit-events.ts';
import { sealLetter } from './letter-content.ts';
import { DEFAULT_LOCALE } from './locale.ts';
import { demandMailAddress, plainName } from './mail-address.ts';
import { MAIL_TEMPLATES, type MailTemplateName, type MailValues } from './mail-templates.ts';
import { type MailTables, requestPlace } from './tables.ts';

export interface NewMail<Name extends MailTemplateName> {
  tenantId: string;
  to: string;
  /** What the recipient is called; empty when it is not known. */
  name: string;
  template: Name;
  locale?: string | undefined;
  values: MailValues<Name>;
  /** When its link ends: after that it is not sent any more. A day from now unless told. */
  expiresAt?: number;
}

/** What other rooms may ask of this one. Everything happens in the transaction that causes it, and stands or falls with it. */
export interface Mailer {
  /**
   * Puts a mail into the outbox. `suppressed` when the address got too many: nobody is told, since that would tell who
   * else was writing to it.
   * @throws `mail_address_refused`
   */
  queue<Name extends MailTemplateName>(tx: Tx, mail: NewMail<Name>): Promise<'queued' | 'suppressed'>;
  /**
   * Asks for work that ends in a mail or in none, depending on who exists. It is done by the worker, later and elsewhere,
   * so that whoever asked can't tell from the time it took (invariant 6).
   */
  request(
    tx: Tx,
    request: { tenantId: string; kind: string; payload: Readonly<Record<string, unknown>> },
  ): Promise<void>;
}

export interface MailerDeps extends IdSource {
  keyring: Pick<Keyring, 'seal' | 'mac'>;
}

export const MAIL_TOPIC = 'mail';

/** To one address, within an hour. Nobody needs more; a flood of what anyone can cause must not bury what matters. */
const PER_RECIPIENT_MAX = { request: 12, notice: 40 } as const;
export const RATE_WINDOW_MS = 60 * 60_000;
const EXPIRES_AFTER_MS = 24 * 60 * 60_000;

export function createMailer(deps: MailerDeps): Mailer {
  return {
    async queue(tx, mail) {
      const { tenantId, template, locale = DEFAULT_LOCALE } = mail;
      const to = demandMailAddress(mail.to);
      const recipientHash = hashOf(deps, `${MAIL_TEMPLATES[template].class} ${to.normalize('NFC').toLowerCase()}`);
      if (!(await countRecipient(tx, deps, { tenantId, recipientHash, template }))) return 'suppressed';
      const id = newId('mail', deps);
      const now = deps.clock.now();
      const values = { ...mail.values, name: plainName(mail.name) };
      await tx
        .withTables<MailTables>()
        .insertInto('mail_outbox')
        .values({
          tenant_id: tenantId,
          id,
          template,
          recipient_hash: recipientHash,
          sealed: sealLetter(deps.keyring, id, { to, locale, values }),
          status: 'queued',
          attempts: 0,
          next_attempt_at: now,
          expires_at: mail.expiresAt ?? now + EXPIRES_AFTER_MS,
          created_at: now,
          finished_at: null,
          failure: null,
        })
        .execute();
      await recordChange(tx, { tenantId, topic: MAIL_TOPIC, id, operation: 'put' });
      return 'queued';
    },

    async request(tx, { tenantId, kind, payload }) {
      const id = newId('mail', deps);
      const now = deps.clock.now();
      const sealed = deps.keyring.seal(JSON.stringify(payload), requestPlace(id));
      await tx
        .withTables<MailTables>()
        .insertInto('mail_requests')
        .values({ tenant_id: tenantId, id, kind, sealed, attempts: 0, next_attempt_at: now, created_at: now })
        .execute();
      await recordChange(tx, { tenantId, topic: MAIL_TOPIC, id, operation: 'put' });
    },
  };
}

/** Counts first and asks then, in one statement: of many at once exactly as many pass as may. */
async function countRecipient(
  tx: Tx,
  deps: MailerDeps,
  { tenantId, recipientHash, template }: { tenantId: string; recipientHash: string; template: MailTemplateName },
): Promise<boolean> {
  const max = PER_RECIPIENT_MAX[MAIL_TEMPLATES[template].class];
  const now = deps.clock.now();
  const { count } = await tx
    .withTables<MailTables>()
    .insertInto('mail_rates')
    .values({
      tenant_id: tenantId,
      recipient_hash: recipientHash,
      window_started_at: now - (now % RATE_WINDOW_MS),
      count: 1,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'recipient_hash', 'window_started_at'])
        .doUpdateSet({ count: sql<number>`mail_rates.count + 1` }),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  // Written down once in each window, not for each of a flood.
  if (count === max + 1) {
    await recordEvent(tx, deps, {
      tenantId,
      type: 'mail.suppressed' satisfies MailAuditEvent,
      actor: systemPrincipal(tenantId, 'mail'),
      target: { type: 'mail', id: template },
      detail: { perHourMax: max },
    });
  }
  return count <= max;
}

const hashOf = (deps: MailerDeps, text: string): string => deps.keyring.mac('mail recipient', text).toString('hex');
