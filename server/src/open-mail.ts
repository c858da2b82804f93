import type { Configuration } from '#configuration';
import { isLoopback } from '#configuration';
import {
  type ComposeDeps,
  listOutbox,
  mailTemplateKind,
  type OutboxMail,
  openSmtpTransport,
  ownTemplates,
  startMailWorker,
} from '#mail';
import { SINGLETON_NAME } from '#resources';
import {
  DEFAULT_REGISTRATION_POLICY,
  type RegistrationPolicySpec,
  registrationPolicyKind,
  signinMailHandlers,
} from '#signin';
import type { Foundation } from './foundation.ts';
import { oauthNoticeHandler } from './oauth-notices.ts';
import type { Rooms } from './rooms.ts';

export interface MailService {
  /** Only in development: what would have been sent. */
  outbox: ((tenantId: string) => Promise<OutboxMail[]>) | undefined;
  /** Who may make an account, as it stands. */
  registrationPolicy(tenantId: string): RegistrationPolicySpec;
  close(): Promise<void>;
}

/** The worker that answers requests and sends, and in development the outbox to look into. */
export function openMailService(foundation: Foundation, rooms: Rooms): MailService {
  const { configuration, log } = foundation;
  const transport = configuration.mail === undefined ? undefined : openSmtpTransport(configuration.mail);
  const inDevelopment = isDevelopment(configuration);
  if (transport === undefined && !inDevelopment) {
    log.warn('no mail server is configured: nobody gets a link or a code. Add `mail` to gatehouse.yaml');
  }
  const compose: ComposeDeps = {
    ownTemplate: ownTemplates(rooms.resources.of(mailTemplateKind)),
    product: 'Gatehouse',
    host: new URL(configuration.issuer).host,
    log,
  };
  const policies = rooms.resources.of(registrationPolicyKind);
  const registrationPolicy = (tenantId: string) =>
    policies.get(tenantId, SINGLETON_NAME)?.spec ?? DEFAULT_REGISTRATION_POLICY;
  const { issuer } = configuration;
  const handlers = {
    ...signinMailHandlers({ ...foundation, issuer, registrationPolicy }),
    ...Object.fromEntries([oauthNoticeHandler({ ...foundation, issuer })]),
  };
  const worker = startMailWorker({ ...foundation, ...compose, transport, handlers });
  return {
    registrationPolicy,
    outbox: inDevelopment ? (tenantId) => listOutbox({ ...foundation, ...compose }, { tenantId }) : undefined,
    async close() {
      await worker.stop();
      transport?.close();
    },
  };
}

/** On one's own machine, with nobody to send anything: the only place where mails may be looked at. */
function isDevelopment({ issuer, mail }: Configuration): boolean {
  return mail === undefined && isLoopback(new URL(issuer).hostname);
}
