import type { IdSource } from '#base';

/** OpenFGA's ids, of stores and models, are ULIDs, and its clients refuse others: Crockford's base32 in upper case. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** 48 bits of time in milliseconds, then 80 random ones, so that they sort by time. */
export function newUlid({ clock, random }: IdSource): string {
  const bytes = Buffer.concat([Buffer.alloc(6), random.bytes(10)]);
  bytes.writeUIntBE(clock.now(), 0, 6);
  let value = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = ALPHABET.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text;
}

export function isUlid(text: string): boolean {
  return ULID.test(text);
}
