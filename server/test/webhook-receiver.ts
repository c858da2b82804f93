import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Message {
  id: string;
  type: string;
  signatures: string[];
  headers: IncomingMessage['headers'];
  body: string;
}

/** A receiver on this machine that keeps what it got. It says 204 unless told otherwise. */
export async function startReceiver(
  answer: (response: ServerResponse, message: Message) => void = (response) => response.writeHead(204).end(),
) {
  const messages: Message[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString();
    const { headers } = request;
    const message = {
      id: String(headers['webhook-id']),
      type: String((JSON.parse(body) as { type: string }).type),
      signatures: String(headers['webhook-signature']).split(' '),
      headers,
      body,
    };
    messages.push(message);
    answer(response, message);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    messages,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As the specification says it: HMAC-SHA256 over id, time and body, the key in base64 after `whsec_`. */
export function signatureOf({ headers, body }: Message, secret: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
