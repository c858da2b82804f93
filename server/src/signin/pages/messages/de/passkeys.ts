import type { Messages } from '../messages.ts';

export const passkeys: Messages['passkeys'] = {
  failed:
    'Das hat nicht geklappt oder wurde abgebrochen. Versuchen Sie es noch einmal, oder gehen Sie einen anderen Weg.',
  signIn: 'Passkey verwenden',
  confirm: 'Passkey oder Sicherheitsschlüssel verwenden',
  create: 'Passkey erstellen',
};
