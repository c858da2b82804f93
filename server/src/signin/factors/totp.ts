import { createHmac } from 'node:crypto';
import { equalSecrets } from '#base';

/** Time-based one-time passwords, RFC 6238, as every authenticator app has them: SHA-1, 30 seconds, six digits. */
export const TOTP_STEP_SECONDS = 30;
const DIGITS = 6;
/** RFC 6238 §5.2: one step of delay on the way is allowed for, and one of clocks that differ. */
const DRIFT_STEPS = [0, -1, 1] as const;
/** RFC 4226 §4 R6: 160 bits. */
export const TOTP_SECRET_BYTES = 20;

/** The code of one step (RFC 4226 §5.3, with the time as counter). */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', secret).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const binary = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(binary % 10 ** DIGITS).padStart(DIGITS, '0');
}

export function totpStepAt(now: number): number {
  return Math.floor(now / 1000 / TOTP_STEP_SECONDS);
}

/** Which step this is the code of, now or one to either side. All three are computed: time tells nothing. */
export function totpStepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  const current = totpStepAt(now);
  const matching = DRIFT_STEPS.map((drift) => current + drift).filter((step) =>
    equalSecrets(totpCode(secret, step), code),
  );
  return matching[0];
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648 §6 without padding, which apps don't want. */
export function toBase32(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const length = Math.ceil((bytes.length * 8) / 5);
  bits <<= BigInt(length * 5 - bytes.length * 8);
  return Array.from({ length }, (_, index) =>
    BASE32.charAt(Number((bits >> BigInt(5 * (length - 1 - index))) & 31n)),
  ).join('');
}

/** What the QR code says (the de facto Key URI Format). Issuer and account are names for the app to show. */
export function totpUri({ issuer, account, secret }: { issuer: string; account: string; secret: Uint8Array }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const query = new URLSearchParams({ secret: toBase32(secret), issuer });
  // Some apps show a plus sign where a space was meant.
  return `otpauth://totp/${label}?${query.toString().replaceAll('+', '%20')}`;
}
