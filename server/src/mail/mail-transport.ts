import type { RenderedMail } from './render-mail.ts';

export interface OutgoingMail extends RenderedMail {
  /** The same at every attempt, so that a mail that was sent twice can be recognised (RFC 5322 §3.6.4). */
  messageId: string;
  to: string;
  locale: string;
}

/** How mail leaves the house. */
export interface MailTransport {
  /** @throws {SendFailure} */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** The mail did not go, or nobody knows. `permanent`: the server refused this mail, and would again. */
export class SendFailure extends Error {
  override readonly name = 'SendFailure';
  readonly permanent: boolean;

  /** `reason` is stored: it holds no address and nothing of the mail. */
  constructor(reason: string, options: { permanent: boolean; cause?: unknown }) {
    super(reason, { cause: options.cause });
    this.permanent = options.permanent;
  }
}
