import type { Messages } from '../messages.ts';

export const setup: Messages['setup'] = {
  title: 'Erste Verwaltungsperson anlegen',
  intro: (product) =>
    `Dieses Konto kann in ${product} alles ändern. Der Link, der Sie hierher gebracht hat, gilt nur einmal.`,
  at: (host) => `Sie richten ${host} ein`,
  name: 'Ihr Name',
  passwordAgain: 'Passwort wiederholen',
  passwordHint: (min) =>
    `Mindestens ${min} Zeichen, welche Sie wollen. Lang ist besser als kompliziert: ein paar Wörter ohne Zusammenhang, oder was Ihr Passwortmanager vorschlägt.`,
  passwordsDiffer: 'Die beiden Passwörter sind verschieden.',
  submit: 'Konto anlegen',
};
