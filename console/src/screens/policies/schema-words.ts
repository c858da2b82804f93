import type { OwnWords } from '../../language/own-words.ts';

const en = {
  title: 'Policy schema',
  lead: 'What kinds of things and actions there are, in the Cedar schema language. Policies that do not fit it are refused, and the editor completes from it.',
  none: 'not in force',
  inForce: 'in force',
  unsaved: 'not saved',
  editor: 'Policy schema in the Cedar schema language',
  checking: 'Checking …',
  sound: (checked: number) =>
    checked === 0
      ? 'A sound schema. There is no policy yet.'
      : `A sound schema, and ${checked === 1 ? 'the one policy fits' : `all ${checked} policies fit`} it.`,
  unsound: (count: number) => (count === 1 ? '1 error in the schema' : `${count} errors in the schema`),
  breaks: (count: number) => (count === 1 ? '1 policy would not fit' : `${count} policies would not fit`),
  breaksLead: 'Change them first, or change the schema: while one does not fit, nothing is saved.',
  warns: (count: number) => (count === 1 ? '1 remark about a policy' : `${count} remarks about policies`),
  unchecked: (checked: number, all: number) => `The first ${checked} of ${all} policies were looked at.`,
  save: 'Put in force …',
  saveTitle: 'Put this schema in force?',
  saveText: 'From now on, policies have to fit it.',
  saveNow: 'Put in force',
  saved: 'The schema is in force',
  whatChanges: 'What changes',
  remove: 'Remove the schema',
  removeTitle: 'Remove the policy schema?',
  removeText: 'The policies stay as they are, and nothing checks any more whether they fit together.',
  removed: 'The schema is removed',
  readOnly: 'You may read the schema and not change it.',
};

const de: typeof en = {
  title: 'Schema der Richtlinien',
  lead: 'Welche Arten von Dingen und Handlungen es gibt, in der Schemasprache von Cedar. Richtlinien, die nicht dazu passen, werden abgelehnt, und der Editor ergänzt daraus.',
  none: 'nicht in Kraft',
  inForce: 'in Kraft',
  unsaved: 'nicht gespeichert',
  editor: 'Schema der Richtlinien in der Schemasprache von Cedar',
  checking: 'Wird geprüft …',
  sound: (checked) =>
    checked === 0
      ? 'Ein gültiges Schema. Es gibt noch keine Richtlinie.'
      : `Ein gültiges Schema, und ${checked === 1 ? 'die eine Richtlinie passt' : `alle ${checked} Richtlinien passen`} dazu.`,
  unsound: (count) => (count === 1 ? '1 Fehler im Schema' : `${count} Fehler im Schema`),
  breaks: (count) => (count === 1 ? '1 Richtlinie würde nicht passen' : `${count} Richtlinien würden nicht passen`),
  breaksLead: 'Ändern Sie zuerst diese oder das Schema: solange eine nicht passt, wird nichts gespeichert.',
  warns: (count) => (count === 1 ? '1 Anmerkung zu einer Richtlinie' : `${count} Anmerkungen zu Richtlinien`),
  unchecked: (checked, all) => `Geprüft wurden die ersten ${checked} von ${all} Richtlinien.`,
  save: 'In Kraft setzen …',
  saveTitle: 'Dieses Schema in Kraft setzen?',
  saveText: 'Ab jetzt müssen Richtlinien dazu passen.',
  saveNow: 'In Kraft setzen',
  saved: 'Das Schema ist in Kraft',
  whatChanges: 'Was sich ändert',
  remove: 'Schema entfernen',
  removeTitle: 'Schema der Richtlinien entfernen?',
  removeText: 'Die Richtlinien bleiben, wie sie sind, und nichts prüft mehr, ob sie zusammenpassen.',
  removed: 'Das Schema ist entfernt',
  readOnly: 'Sie dürfen das Schema lesen, aber nicht ändern.',
};

export const schemaWords: OwnWords<typeof en> = { en, de };
