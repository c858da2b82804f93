import type { Messages } from '../messages.ts';

export const device: Messages['device'] = {
  codeTitle: 'Gerät verbinden',
  codeIntro: 'Geben Sie den Code ein, den Ihr Gerät zeigt.',
  code: 'Code',
  codeHint: 'Acht Buchstaben. Striche, Leerzeichen und Kleinschreibung spielen keine Rolle.',
  codeWrong:
    'Kein Gerät wartet mit diesem Code. Prüfen Sie ihn, oder lassen Sie das Gerät einen neuen zeigen: Ein Code gilt zehn Minuten.',
  codeTooOften: 'Zu viele Codes waren falsch. Warten Sie einige Minuten und geben Sie dann den Code Ihres Geräts ein.',
  title: (client) => `${client} verbinden?`,
  mustShow: 'Ihr Gerät muss diesen Code zeigen:',
  warning:
    'Fahren Sie nur fort, wenn Sie dieses Gerät selbst in der Hand haben. Hat Ihnen jemand diesen Code oder Link geschickt, dann nicht: Er käme damit in Ihr Konto.',
  askedFor: 'Angefragt',
  from: 'Von der Adresse',
  connect: 'Verbinden',
  dont: 'Nicht verbinden',
  connected: (client) => `${client} ist verbunden`,
  connectedNote: 'Zurück zu Ihrem Gerät: Dort geht es in wenigen Sekunden weiter. Sie können diese Seite schließen.',
  notConnected: (client) => `${client} wurde nicht verbunden`,
  notConnectedNote: 'Es wurde nichts preisgegeben. Sie können diese Seite schließen.',
};
