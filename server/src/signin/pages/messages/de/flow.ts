import type { Messages } from '../messages.ts';

export const flow: Messages['flow'] = {
  confirmTitle: 'Bestätigen Sie, dass Sie es sind',
  signingInAs: (email) => `Anmeldung als ${email}.`,
  appCode: 'Code aus Ihrer Authenticator-App',
  recoveryCode: 'Wiederherstellungscode',
  lostDevice: 'Gerät verloren? Geben Sie stattdessen einen Ihrer Wiederherstellungscodes ein.',
  rememberDevice: (days) => `Auf diesem Gerät ${days} Tage lang nicht mehr fragen`,
  startOver: 'Von vorn beginnen',
  passwordAgain: 'Was Sie vorhaben, braucht noch einmal Ihr Passwort.',
  passwordOf: (email) => `Passwort von ${email}`,
  enrolTitle: 'Zweiten Faktor einrichten',
  enrolWhy: 'Ihr Konto braucht mehr als ein Passwort.',
  enrolTotp: 'Scannen Sie dies mit einer Authenticator-App, und geben Sie dann den Code ein, den sie zeigt.',
  newCode: 'Code aus der App',
  confirm: 'Bestätigen',
  recoveryCodesTitle: 'Ihre Wiederherstellungscodes',
  recoveryCodes:
    'Bewahren Sie sie dort auf, wo Ihr Reisepass liegt. Jeder lässt Sie einmal ein, wenn Sie Ihren zweiten Faktor verloren haben. Sie werden nicht wieder gezeigt.',
  haveKeptThem: 'Ich habe sie aufbewahrt',
};
