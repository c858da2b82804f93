/** Mail: an outbox that loses nothing, templates in the reader's language, and the one worker that sends. */
export type { RequestHandler, RequestHandlers } from './answer-requests.ts';
export { MAIL_AUDIT_EVENTS, type MailAuditEvent } from './audit-events.ts';
export type { ComposeDeps } from './compose-mail.ts';
export { mailErrors } from './errors.ts';
export { listOutbox, type OutboxMail } from './list-outbox.ts';
export { DEFAULT_LOCALE, preferredLocale } from './locale.ts';
export { isMailAddress, plainName } from './mail-address.ts';
export { type MailTemplateSpec, mailTemplateKind } from './mail-template-kind.ts';
export type { MailTemplateName, MailValues } from './mail-templates.ts';
export { type MailTransport, type OutgoingMail, SendFailure } from './mail-transport.ts';
export { type MailWorkerDeps, startMailWorker } from './mail-worker.ts';
export { createMailer, type Mailer, type NewMail } from './mailer.ts';
export { mailMigrations } from './migrations.ts';
export { ownTemplates } from './own-templates.ts';
export { removeOldMail } from './remove-old-mail.ts';
export { openSmtpTransport, type SmtpSettings } from './smtp-transport.ts';
