import type { Keyring } from '#keyring';
import { outboxPlace } from './tables.ts';

/** What is sealed in the outbox: everything about a mail that names a person or opens a door. */
export interface LetterContent {
  to: string;
  locale: string;
  values: Readonly<Record<string, string>>;
}

export function sealLetter(keyring: Pick<Keyring, 'seal'>, id: string, content: LetterContent): string {
  return keyring.seal(JSON.stringify(content), outboxPlace(id));
}

/** @throws `sealed_value_invalid` */
export function openLetter(keyring: Pick<Keyring, 'open'>, id: string, sealed: string): LetterContent {
  return JSON.parse(keyring.open(sealed, outboxPlace(id)).toString()) as LetterContent;
}
