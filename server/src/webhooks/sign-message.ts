import { createHmac } from 'node:crypto';
import type { Random } from '#base';

/** Standard Webhooks: 24 to 64 random bytes, base64, after a prefix that tells what it is. */
const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export function mintWebhookSecret(random: Random): string {
  return `${SECRET_PREFIX}${random.bytes(SECRET_BYTES).toString('base64')}`;
}

/** The three headers of Standard Webhooks. While secrets overlap, one signature for each. */
export function signMessage(
  secrets: readonly string[],
  { id, seconds, body }: { id: string; seconds: number; body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}
