import { type OwnWords, useWords } from '../language/own-words.ts';

/** As sessions have them (`amr`, RFC 8176). That there were several needs no word: they are all named. */
const en: Readonly<Record<string, string>> = {
  pwd: 'password',
  otp: 'app code',
  hwk: 'security key',
  swk: 'passkey',
  user: '',
  mfa: '',
  email: 'e-mail',
  email_code: 'e-mail code',
  recovery_code: 'recovery code',
};

const de: Readonly<Record<string, string>> = {
  pwd: 'Passwort',
  otp: 'App-Code',
  hwk: 'Sicherheitsschlüssel',
  swk: 'Passkey',
  user: '',
  mfa: '',
  email: 'E-Mail',
  email_code: 'E-Mail-Code',
  recovery_code: 'Wiederherstellungscode',
};

const proofWords: OwnWords<typeof en> = { en, de };

/** By what somebody proved who they are: `password + app code`. */
export function useProofs(): (amr: readonly string[]) => string {
  const words = useWords(proofWords);
  return (amr) =>
    amr
      .map((method) => words[method] ?? method)
      .filter((word) => word !== '')
      .join(' + ');
}
