import type { Messages } from '../messages.ts';

export const keyPickUp: Messages['keyPickUp'] = {
  title: 'Neuen API-Schlüssel abholen',
  message: (name, display) =>
    `Der API-Schlüssel „${name}“ (${display}) ist zu ersetzen. Der Knopf erzeugt den neuen; er darf dasselbe und wird Ihnen auf der nächsten Seite einmal gezeigt.`,
  show: 'Neuen Schlüssel erzeugen und zeigen',
  doneTitle: 'Ihr neuer API-Schlüssel',
  done: (name) =>
    `Das ist der neue Schlüssel für „${name}“. Er steht sonst nirgends: Legen Sie ihn dort ab, wo Sie Geheimnisse verwahren.`,
  old: (time) => `Der alte Schlüssel gilt bis ${time}. Setzen Sie den neuen vorher ein.`,
};
