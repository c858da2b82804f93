import { auditMigrations, listEvents } from '#audit';
import { DEFAULT_TENANT_ID } from '#base';
import { keyringMigrations, openKeyring } from '#keyring';
import { recordChange, type Store, type Tx } from '#store';
import { fixedClock, openTestStore, seededRandom, testLogger } from '#testing';
import type { FindOwnTemplate } from './compose-mail.ts';
import type { MailTransport, OutgoingMail } from './mail-transport.ts';
import { createMailer } from './mailer.ts';
import { mailMigrations } from './migrations.ts';
import type { MailTables } from './tables.ts';

export const tenantId = DEFAULT_TENANT_ID;
export const RECOVERY = {
  tenantId,
  to: 'ada@example.com',
  name: 'Ada',
  template: 'password_recovery',
  values: { link: 'https://auth.example.com/recover?link=gh_ln_x', minutes: '30' },
} as const;

/** Keeps what it was given, and fails as it is told. */
export function recordingTransport(fail: (mail: OutgoingMail, attempt: number) => Error | undefined = () => undefined) {
  const sent: OutgoingMail[] = [];
  let attempts = 0;
  const transport: MailTransport = {
    async send(mail) {
      attempts += 1;
      const failure = fail(mail, attempts);
      if (failure !== undefined) throw failure;
      sent.push(mail);
    },
    close() {},
  };
  return { ...transport, sent };
}

/** The room on a database of its own, with a clock that stands still. */
export async function openMail(ownTemplate: FindOwnTemplate = () => undefined) {
  const clock = fixedClock();
  const random = seededRandom();
  const log = testLogger();
  const store = await openTestStore([keyringMigrations, auditMigrations, mailMigrations], { clock, random });
  const environment = { KEY: seededRandom('master').bytes(32).toString('base64') };
  const masterKey = { kind: 'environment', variable: 'KEY', environment } as const;
  const keyring = await openKeyring({ store, recordChange, masterKey, clock, random, log });
  const deps = { store, keyring, clock, random, log, ownTemplate, product: 'Gatehouse', host: 'auth.example.com' };
  const mailer = createMailer(deps);
  return {
    ...deps,
    deps,
    mailer,
    inTransaction: <T>(work: (tx: Tx) => Promise<T>) => store.transaction({ tenantId }, work),
    outbox: () => outboxOf(store),
    async eventTypes(): Promise<string[]> {
      const { items } = await listEvents({ store }, { tenantId, limit: 500 });
      return items.map(({ type }) => type);
    },
    async close() {
      keyring.close();
      await store.close();
    },
  };
}

function outboxOf(store: Pick<Store, 'transaction'>) {
  return store.transaction({ tenantId }, (tx) =>
    tx.withTables<MailTables>().selectFrom('mail_outbox').selectAll().orderBy('id').execute(),
  );
}
