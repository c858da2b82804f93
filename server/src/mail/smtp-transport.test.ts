import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import type { OutgoingMail } from './mail-transport.ts';
import { openSmtpTransport, type SmtpSettings } from './smtp-transport.ts';

const MAIL: OutgoingMail = {
  messageId: '<mal_1@auth.example.com>',
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Hallo\n.\nÄ',
  html: '<p>Hallo</p>',
  locale: 'de',
};
const closers: (() => unknown)[] = [];
afterEach(async () => {
  // The transport first: a server waits for its connections to end.
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: SMTPServerOptions = {}) {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, _, done) {
      let text = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => {
        received.push(text);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { received, port: (server.server.address() as AddressInfo).port };
}

function open(port: number, settings: Partial<SmtpSettings> = {}) {
  const from = { address: 'no-reply@example.com', name: 'Gatehouse' };
  const transport = openSmtpTransport({ host: '127.0.0.1', port, tls: 'none', from, ...settings });
  closers.push(() => transport.close());
  return transport;
}
const never = new AbortController().signal;

test('a mail arrives with a stable Message-ID, its language, and both bodies', async () => {
  const { port, received } = await serve();
  await open(port).send(MAIL, never);
  const [text = ''] = received;
  expect(text).toMatch(/^Message-ID: <mal_1@auth.example.com>\r?$/m);
  expect(text).toMatch(/^From: Gatehouse <no-reply@example.com>\r?$/m);
  expect(text).toMatch(/^To: ada@example.com\r?$/m);
  expect(text).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
  expect(text).toMatch(/^Content-Language: de\r?$/m);
  expect(text).toMatch(/multipart\/alternative/);
});

test('the password is given when the server asks who sends', async () => {
  const seen: unknown[] = [];
  const { port } = await serve({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _, done) {
      seen.push([username, password]);
      done(null, { user: 'x' });
    },
  });
  await open(port, { user: 'mailer', readPassword: () => 'the password' }).send(MAIL, never);
  expect(seen).toEqual([['mailer', 'the password']]);
});

test.each([
  ['a recipient it does not know', { onRcptTo: refuse(550) }, 'EENVELOPE (SMTP 550)', true],
  ['a recipient whose box is full', { onRcptTo: refuse(452) }, 'EENVELOPE (SMTP 452)', false],
  ['content it will not have', { onData: refuseData(554) }, 'EMESSAGE (SMTP 554)', true],
  [
    'a login it does not know',
    { onAuth: refuse(535), authOptional: false, allowInsecureAuth: true },
    'EAUTH (SMTP 535)',
    false,
  ],
] as const)('the server refuses %s', async (_, options, reason, permanent) => {
  const { port } = await serve(options as SMTPServerOptions);
  const login = 'onAuth' in options ? { user: 'a', readPassword: () => 'b' } : {};
  const sending = open(port, login).send(MAIL, never);
  await expect(sending).rejects.toMatchObject({ name: 'SendFailure', message: reason, permanent });
});

test('a server that can’t encrypt is not written to', async () => {
  const { port, received } = await serve();
  const sending = open(port, { tls: 'starttls' }).send(MAIL, never);
  await expect(sending).rejects.toMatchObject({ permanent: false });
  expect(received).toEqual([]);
});

test('nobody there is no permanent failure', async () => {
  await expect(open(1).send(MAIL, never)).rejects.toMatchObject({ name: 'SendFailure', permanent: false });
});

function refuse(responseCode: number) {
  return (_: unknown, __: unknown, done: (error: Error) => void) =>
    done(Object.assign(new Error('refused'), { responseCode }));
}

function refuseData(responseCode: number) {
  return (stream: NodeJS.ReadableStream, _: unknown, done: (error: Error) => void) => {
    stream.resume();
    stream.on('end', () => done(Object.assign(new Error('refused'), { responseCode })));
  };
}
