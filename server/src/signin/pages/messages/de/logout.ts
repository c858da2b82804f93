import type { Messages } from '../messages.ts';

export const logout: Messages['logout'] = {
  title: 'Abmelden?',
  message: 'Sie werden hier abgemeldet und in den Anwendungen, in denen Sie mit diesem Konto angemeldet sind.',
  asked: (client) =>
    `${client} möchte Sie abmelden. Sie werden hier abgemeldet und in den Anwendungen, in denen Sie mit diesem Konto angemeldet sind.`,
  confirm: 'Abmelden',
};
