import { type MailTransport, SendFailure } from './mail-transport.ts';

export interface SmtpSettings {
  host: string;
  port: number;
  /** `implicit`: TLS from the first byte (RFC 8314). `starttls`: upgraded, and refused when it can't be. */
  tls: 'implicit' | 'starttls' | 'none';
  user?: string;
  /** Read when it is needed, so that a password changed in its file needs no restart of ours. */
  readPassword?: () => string;
  from: { address: string; name: string };
}

const CONNECTIONS_MAX = 3;
const CONNECT_MILLISECONDS_MAX = 10_000;
const SILENCE_MILLISECONDS_MAX = 30_000;

/** Refusals of this very mail. Anything else (no connection, no login) is the server's or the operator's, and passes. */
const ABOUT_THE_MAIL = new Set(['EENVELOPE', 'EMESSAGE']);

/** @throws what `readPassword` throws */
export function openSmtpTransport(settings: SmtpSettings): MailTransport {
  const { host, port, tls, user, readPassword, from } = settings;
  const auth = user === undefined ? {} : { auth: { user, pass: readPassword?.() ?? '' } };
  const options = {
    pool: true as const,
    maxConnections: CONNECTIONS_MAX,
    // The outbox tries again, with pauses, and counts.
    maxRequeues: 0,
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2' as const },
    ...auth,
    connectionTimeout: CONNECT_MILLISECONDS_MAX,
    greetingTimeout: CONNECT_MILLISECONDS_MAX,
    dnsTimeout: CONNECT_MILLISECONDS_MAX,
    socketTimeout: SILENCE_MILLISECONDS_MAX,
    socketCloseTimeout: 1000,
  };
  // With the first mail: the library takes twenty megabytes, and many installations send none.
  let opening: ReturnType<typeof connect> | undefined;
  const connect = async () => (await import('nodemailer')).createTransport(options);
  return {
    async send({ messageId, to, subject, text, html, locale }, signal) {
      try {
        opening ??= connect();
        const connection = await opening;
        await connection.sendMail({
          from,
          to: { name: '', address: to },
          messageId,
          subject,
          text,
          ...(html === undefined ? {} : { html }),
          headers: {
            // RFC 3834 §5: nobody's holiday should answer.
            'Auto-Submitted': 'auto-generated',
            'Content-Language': locale,
          },
          // Nothing in a mail of ours is to be fetched, from a disk or from anywhere.
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        });
      } catch (cause) {
        throw toFailure(cause);
      }
    },
    close: () => void opening?.then((connection) => connection.close({ force: true })),
  };
}

function toFailure(cause: unknown): SendFailure {
  const {
    code = 'unknown',
    responseCode,
    permanent,
  } = cause as { code?: string; responseCode?: number; permanent?: boolean };
  const answer = typeof responseCode === 'number' ? ` (SMTP ${responseCode})` : '';
  return new SendFailure(`${code}${answer}`, { permanent: permanent === true && ABOUT_THE_MAIL.has(code), cause });
}
