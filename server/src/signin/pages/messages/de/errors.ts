import type { ErrorCode } from '../messages.ts';

/** What the catalogue of errors says in English. Complete: an error without a translation is a type error here. */
export const errors: Readonly<Record<ErrorCode, string>> = {
  sign_in_failed:
    'E-Mail-Adresse und Passwort passen nicht zusammen. Prüfen Sie beides und versuchen Sie es noch einmal.',
  sign_in_throttled: 'Zu viele Versuche. Warten Sie etwas und versuchen Sie es dann noch einmal.',
  flow_over: 'Diese Anmeldung wurde beendet, abgebrochen oder hat zu lange gedauert. Beginnen Sie von vorn.',
  step_out_of_turn: 'Diese Anmeldung steht an einem anderen Schritt. Machen Sie dort weiter, wo sie steht.',
  code_refused: 'Das war nicht richtig oder wurde schon verwendet. Versuchen Sie es mit einem neuen Code.',
  passkey_refused:
    'Dieser Passkey wurde nicht angenommen. Versuchen Sie es noch einmal, oder melden Sie sich anders an.',
  too_many_passkeys: 'Sie haben zwanzig Passkeys, mehr geht nicht. Entfernen Sie einen, den Sie nicht mehr verwenden.',
  passkey_not_found: 'Diesen Passkey gibt es nicht. Vielleicht wurde er schon entfernt.',
  factor_not_allowed: 'Das lässt sich für Ihr Konto nicht einrichten. Wählen Sie einen anderen Weg.',
  last_strong_factor:
    'Ihr Konto muss einen zweiten Faktor haben, und dies ist der letzte. Richten Sie zuerst einen anderen ein.',
  enrolment_over: 'Das Einrichten hat zu lange gedauert. Beginnen Sie von vorn.',
  'password_refused.too_short': 'Nehmen Sie mindestens 8 Zeichen.',
  'password_refused.too_long': 'Nehmen Sie höchstens 256 Zeichen.',
  'password_refused.common':
    'Das ist eines der Passwörter, die alle zuerst versuchen würden. Wählen Sie eines, auf das nur Sie kommen.',
  'password_refused.about_person':
    'Das ist zum größten Teil Ihr Name, Ihre E-Mail-Adresse oder der Name dieses Produkts. Wählen Sie etwas anderes.',
  'password_refused.guessable':
    'So gebaute Passwörter sind bald erraten. Fügen Sie Wörter oder Zeichen hinzu, die damit nichts zu tun haben.',
  'password_refused.breached':
    'Dieses Passwort stand in einem Datenleck: Andere kennen es. Wählen Sie eines, das Sie sonst nirgends verwenden.',
  password_refused: 'Dieses Passwort kann nicht verwendet werden. Wählen Sie ein anderes.',
  organization_not_yours:
    'Sie gehören dieser Organisation nicht an, oder es gibt sie nicht. Wählen Sie eine der Ihren.',
  current_password_wrong:
    'Das ist nicht Ihr jetziges Passwort. Es wurde nichts geändert. Versuchen Sie es noch einmal.',
  session_not_found: 'Diese Sitzung gibt es nicht. Vielleicht ist sie schon beendet.',
  setup_link_refused:
    'Dieser Einrichtungslink ist ungültig: Er wurde verwendet, durch einen neueren ersetzt oder ist älter als 24 Stunden. Starten Sie Gatehouse neu, um einen neuen zu erhalten.',
  setup_already_done: 'Es gibt schon eine Verwaltungsperson. Melden Sie sich an, oder bitten Sie diese um Zugang.',
  form_refused:
    'Dieses Formular war zu lange geöffnet oder kam von einer anderen Seite. Es wurde nichts geändert. Versuchen Sie es noch einmal.',
  insecure_issuer:
    'Der Aussteller muss eine https-Adresse sein. Einfaches http gilt nur auf diesem Rechner selbst (localhost, 127.0.0.1, [::1]) zur Entwicklung.',
  mail_throttled:
    'Das wurde zu oft angefordert. Sehen Sie in Ihrem Postfach nach, oder versuchen Sie es in einer Stunde noch einmal.',
  recovery_link_refused: 'Dieser Link gilt nicht: Er wurde schon benutzt oder ist zu alt. Fordern Sie einen neuen an.',
  impersonation_by_people:
    'Für jemand anderen handelt nur, wer selbst angemeldet ist. Nehmen Sie die Konsole mit einem eigenen Konto.',
  impersonation_unavailable:
    'Für diese Person kann niemand handeln: Es sind Sie selbst, das Konto ist gesperrt, oder die Anmelderichtlinie verbietet es.',
  impersonation_too_long: 'So lange lässt die Anmelderichtlinie niemanden handeln. Bitten Sie um weniger.',
  impersonation_over:
    'Das wurde schon begonnen, ist zu alt oder wurde von jemand anderem erbeten. Beginnen Sie in der Konsole von vorn.',
  impersonation_proof_missing:
    'Um für jemanden zu handeln, müssen Sie sich in den letzten zehn Minuten mit zwei Faktoren angemeldet haben. Melden Sie sich neu an.',
  acting_reads_only: 'Sie handeln für diese Person, und ihr Konto ändert nur sie selbst. Es wurde nichts geändert.',
  recovery_of_oneself:
    'Für das eigene Konto macht niemand einen Wiederherstellungslink. Ändern Sie Passwort und Faktoren unter /account, oder bitten Sie jemand anderen von der Verwaltung.',
  recovery_mail_unavailable:
    'Hier wird keine Mail versandt. Lassen Sie sich den Link anzeigen (delivery "shown") und geben Sie ihn weiter.',
  email_code_refused:
    'Der Code stimmt nicht, wurde schon benutzt oder ist zu alt. Sehen Sie in die neueste Mail, oder fordern Sie einen neuen an.',
  registration_closed: 'Neue Konten gibt es hier nur auf Einladung. Bitten Sie jemanden von der Verwaltung darum.',
  registration_domain_refused:
    'Mit dieser Adresse lässt sich hier kein Konto anlegen. Verwenden Sie die Adresse Ihrer Organisation.',
  import_not_found: 'Diesen Import gibt es nicht. Beginnen Sie ihn zuerst.',
  import_elsewhere:
    'Der Import steht bei einem anderen Datensatz: Diese sind erledigt, oder jemand anderes importiert dasselbe. Fragen Sie, wie weit er ist.',

  // Of other rooms.
  internal_error:
    'Bei uns ist etwas schiefgegangen. Es wurde nichts geändert. Versuchen Sie es noch einmal, oder nennen Sie der Verwaltung die Kennung dieses Fehlers.',
  invalid_input: 'Etwas im Formular kann so nicht angenommen werden. Prüfen Sie es, und senden Sie es noch einmal.',
  password_too_long: 'Das Passwort ist zu lang. Wählen Sie ein kürzeres.',
  password_work_busy: 'Gerade melden sich zu viele an. Warten Sie ein paar Sekunden und versuchen Sie es noch einmal.',
  user_not_found: 'Dieses Konto gibt es nicht mehr.',
  email_taken: 'Diese Adresse gehört zu einem anderen Konto. Nehmen Sie eine andere.',
  organization_not_found: 'Diese Organisation gibt es nicht.',
  membership_not_found: 'Sie gehören dieser Organisation nicht an.',
  memberships_too_many: 'Sie gehören hundert Organisationen an, mehr geht nicht. Verlassen Sie zuerst eine.',
  account_managed_here:
    'Diese Organisation verwaltet Ihr Konto, das sonst nirgends dazugehört. Bitten Sie dort jemanden von der Verwaltung.',
  already_member: 'Sie gehören dieser Organisation schon an.',
  invitation_refused:
    'Diese Einladung wurde schon benutzt, zurückgezogen, durch eine neuere ersetzt oder ist zu alt. Bitten Sie um eine neue.',
  invitation_needs_sign_in:
    'Zu dieser Adresse gibt es ein Konto. Melden Sie sich damit an und öffnen Sie die Einladung noch einmal.',
  invitation_for_another:
    'Diese Einladung gilt einer anderen Adresse. Melden Sie sich ab und öffnen Sie sie noch einmal.',
  last_administrator: 'Sie sind die letzte Verwaltungsperson. Übergeben Sie die Verwaltung zuerst jemand anderem.',
  grant_beyond_own: 'Sie können nicht mehr weitergeben, als Sie selbst haben.',
  role_not_found: 'Diese Rolle gibt es nicht. Wählen Sie eine andere.',
  api_key_not_found: 'Diesen Schlüssel gibt es nicht.',
  api_key_ended: 'Dieser Schlüssel ist schon beendet oder abgelaufen. Erstellen Sie einen neuen.',
  api_key_replaced: 'Dieser Schlüssel wurde schon ersetzt. Nehmen Sie den, der an seine Stelle trat.',
  api_key_set_aside:
    'Dieser Schlüssel ist gesperrt, weil er bekannt geworden sein kann. Wenden Sie sich an die Verwaltung.',
  api_key_lifetime_refused: 'So lange dürfen Schlüssel hier nicht gelten. Wählen Sie ein früheres Ende.',
  application_not_connected: 'Diese Anwendung darf Ihr Konto nicht oder nicht mehr verwenden.',
};
