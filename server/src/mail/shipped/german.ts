import type { MailTemplateName } from '../mail-templates.ts';
import type { Letter } from './lay-out.ts';

const greeting = '{% if name == "" %}Guten Tag,{% else %}Guten Tag {{ name }},{% endif %}';
const foot = 'Gesendet von {{ product }} auf {{ host }}. Dieses Postfach wird nicht gelesen.';
const NOT_YOU = 'Wenn Sie das nicht waren, tun Sie nichts: Ohne den Link geschieht nichts.';
const LEAK_FOUND =
  'Der API-Schlüssel {{ key }} ({{ display }}) wurde an einem Ort gefunden, wo andere ihn lesen können; gemeldet von {{ source }} am {{ time }}.';
const LEAK_PLACE = '{% if place == "" %}Der Fundort ist nicht bekannt.{% else %}Fundort: {{ place }}{% endif %}';
const WAS_IT_YOU = 'Wenn Sie das nicht waren, benutzt vielleicht jemand anderes Ihr Konto.';

const RECEIVER_BACK =
  'Wenn er wieder da ist, schalten Sie den Webhook in der Konsole wieder ein. Was seither wartet, geht dann gleich hinaus; was inzwischen geschieht, nicht.';

export const GERMAN: Readonly<Record<MailTemplateName, Letter>> = {
  password_recovery: {
    subject: 'Neues Passwort wählen',
    greeting,
    parts: [
      'Jemand, hoffentlich Sie, hat ein neues Passwort für Ihr Konto auf {{ host }} angefordert.',
      { button: 'Neues Passwort wählen', link: 'link' },
      'Der Link gilt einmal und {{ minutes }} Minuten lang. Wer ihn hat, kann Ihr Passwort setzen: Zeigen Sie ihn niemandem.',
      NOT_YOU,
    ],
    foot,
  },
  registration_verify: {
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    greeting,
    parts: [
      'Willkommen auf {{ host }}. Bestätigen Sie, dass diese Adresse Ihnen gehört, um Ihr Konto anzulegen.',
      { button: 'Adresse bestätigen', link: 'link' },
      'Oder geben Sie dort, wo Sie begonnen haben, diesen Code ein:',
      { code: 'code' },
      'Link und Code gelten einmal und {{ minutes }} Minuten lang.',
      'Wenn Sie kein Konto angefordert haben, tun Sie nichts: Es wird keines angelegt.',
    ],
    foot,
  },
  registration_taken: {
    subject: 'Sie haben bereits ein Konto',
    greeting,
    parts: [
      'Jemand, hoffentlich Sie, wollte auf {{ host }} mit dieser Adresse ein Konto anlegen. Sie haben bereits eines.',
      { button: 'Anmelden', link: 'sign_in_link' },
      { button: 'Passwort vergessen?', link: 'recovery_link' },
      'Wenn Sie das nicht waren, müssen Sie nichts tun.',
    ],
    foot,
  },
  sign_in_code: {
    subject: '{{ code }} ist Ihr Code für {{ host }}',
    greeting,
    parts: [
      'Geben Sie diesen Code dort ein, wo Sie sich gerade anmelden ({{ device }}):',
      { code: 'code' },
      'Oder öffnen Sie den Link im selben Browser:',
      { button: 'Anmelden', link: 'link' },
      'Beides gilt einmal und {{ minutes }} Minuten lang. Niemand, der Sie anruft oder Ihnen schreibt, braucht diesen Code.',
      'Wenn Sie sich nicht anmelden, kennt jemand Ihr Passwort oder Ihre Adresse. Ändern Sie Ihr Passwort.',
    ],
    foot,
  },
  email_change_verify: {
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    greeting,
    parts: [
      'Diese Adresse soll zur E-Mail-Adresse eines Kontos auf {{ host }} werden.',
      { button: 'Adresse bestätigen', link: 'link' },
      'Oder geben Sie dort, wo Sie begonnen haben, diesen Code ein:',
      { code: 'code' },
      'Link und Code gelten einmal und {{ minutes }} Minuten lang.',
      NOT_YOU,
    ],
    foot,
  },
  invitation: {
    subject: 'Einladung zu {{ organization }}',
    greeting,
    parts: [
      '{{ inviter }} lädt Sie zu {{ organization }} auf {{ host }} ein.',
      { button: 'Einladung annehmen', link: 'link' },
      'Der Link gilt einmal und {{ days }} Tage lang. Wenn Sie das nicht erwartet haben, tun Sie nichts.',
    ],
    foot,
  },
  email_changed: {
    subject: 'Die E-Mail-Adresse Ihres Kontos wurde geändert',
    greeting,
    parts: [
      'Ihr Konto auf {{ host }} hat seit {{ time }} eine andere E-Mail-Adresse ({{ device }}). Mit dieser Adresse können Sie sich nicht mehr anmelden.',
      'Wenn Sie das nicht waren, holen Sie sich Ihr Konto zurück: Die Änderung wird rückgängig gemacht, und alle werden abgemeldet.',
      { button: 'Änderung rückgängig machen', link: 'undo_link' },
      'Der Link gilt einmal und {{ days }} Tage lang.',
    ],
    foot,
  },
  email_change_undone: {
    subject: 'Ihre E-Mail-Adresse gilt wieder',
    greeting,
    parts: [
      'Die Änderung Ihrer E-Mail-Adresse auf {{ host }} wurde um {{ time }} rückgängig gemacht, und alle wurden abgemeldet.',
      'Wählen Sie jetzt ein neues Passwort:',
      { button: 'Neues Passwort wählen', link: 'recovery_link' },
    ],
    foot,
  },
  password_changed: {
    subject: 'Ihr Passwort wurde geändert',
    greeting,
    parts: [
      'Das Passwort Ihres Kontos auf {{ host }} wurde um {{ time }} geändert ({{ device }}).',
      `${WAS_IT_YOU} Wählen Sie sofort ein neues Passwort:`,
      { button: 'Neues Passwort wählen', link: 'recovery_link' },
    ],
    foot,
  },
  administrator_recovery: {
    subject: 'Zurück in Ihr Konto',
    greeting,
    parts: [
      'Die Verwaltung von {{ host }} lässt Sie wieder in Ihr Konto.',
      { button: 'Zugang wiederherstellen', link: 'link' },
      'Sie wählen ein neues Passwort. Alle anderen Wege zur Anmeldung, die für das Konto eingerichtet waren, werden entfernt, weil sie verloren sind, und Sie richten neue ein.',
      'Der Link gilt einmal und {{ minutes }} Minuten lang. Wer ihn hat, kann Ihr Konto übernehmen: Zeigen Sie ihn niemandem.',
      'Wenn Sie nicht um Hilfe gebeten haben, sagen Sie es der Verwaltung und benutzen Sie den Link nicht: Ohne ihn geschieht nichts.',
    ],
    foot,
  },
  administrator_recovery_shown: {
    subject: 'Für Ihr Konto wurde ein Wiederherstellungslink erstellt',
    greeting,
    parts: [
      'Um {{ time }} hat jemand von der Verwaltung von {{ host }} einen Link erstellt, der ein neues Passwort für Ihr Konto setzt und alle anderen Wege zur Anmeldung entfernt. Er gilt einmal, innerhalb einer Stunde, und wurde der Verwaltung gezeigt, um ihn Ihnen zu geben.',
      'Wenn Sie nicht um Hilfe gebeten haben, sagen Sie es sofort jemand anderem von der Verwaltung, und sehen Sie Ihr Konto an:',
      { button: 'Konto ansehen', link: 'account_link' },
    ],
    foot,
  },
  impersonation_started: {
    subject: 'Jemand von der Verwaltung handelt für Sie',
    greeting,
    parts: [
      'Seit {{ time }} sieht und benutzt {{ administrator }} von der Verwaltung von {{ host }} Anwendungen so wie Sie, für höchstens {{ minutes }} Minuten. Der genannte Grund: „{{ reason }}“',
      'Ihr Konto lässt sich so nicht ändern, und alles, was geschieht, steht unter dem Namen der Verwaltungsperson im Protokoll. Sie können es sofort beenden, dort, wo Sie angemeldet sind:',
      { button: 'Sitzungen ansehen', link: 'account_link' },
    ],
    foot,
  },
  new_device: {
    subject: 'Neue Anmeldung an Ihrem Konto',
    greeting,
    parts: [
      'An Ihrem Konto auf {{ host }} hat sich jemand mit einem Gerät angemeldet, das wir noch nicht kannten:',
      '{{ device }}, {{ place }}, {{ time }}',
      `${WAS_IT_YOU} Beenden Sie diese Sitzung und ändern Sie Ihr Passwort:`,
      { button: 'Sitzungen ansehen', link: 'account_link' },
    ],
    foot,
  },
  impossible_travel: {
    subject: 'Zwei Anmeldungen, weit voneinander entfernt',
    greeting,
    parts: [
      'An Ihrem Konto auf {{ host }} hat sich jemand angemeldet, kurz nach einer Anmeldung aus: {{ before }}. Für dieselbe Person ist das zu weit entfernt:',
      '{{ device }}, {{ place }}, {{ time }}',
      `Ein VPN oder ein Mobilfunknetz kann so aussehen. ${WAS_IT_YOU} Beenden Sie diese Sitzung und ändern Sie Ihr Passwort:`,
      { button: 'Sitzungen ansehen', link: 'account_link' },
    ],
    foot,
  },
  factor_added: {
    subject: 'Ein Weg zur Anmeldung kam hinzu',
    greeting,
    parts: [
      '„{{ factor }}“ kam um {{ time }} zu Ihrem Konto auf {{ host }} hinzu ({{ device }}).',
      `${WAS_IT_YOU} Entfernen Sie ihn und ändern Sie Ihr Passwort:`,
      { button: 'Konto ansehen', link: 'account_link' },
    ],
    foot,
  },
  factor_removed: {
    subject: 'Ein Weg zur Anmeldung wurde entfernt',
    greeting,
    parts: [
      '„{{ factor }}“ wurde um {{ time }} von Ihrem Konto auf {{ host }} entfernt ({{ device }}).',
      `${WAS_IT_YOU} Ändern Sie Ihr Passwort:`,
      { button: 'Konto ansehen', link: 'account_link' },
    ],
    foot,
  },
  leaked_key_revoked: {
    subject: 'Ihr API-Schlüssel {{ key }} ist öffentlich geworden',
    greeting,
    parts: [
      LEAK_FOUND,
      LEAK_PLACE,
      'Der Schlüssel ist widerrufen und wird ab sofort abgelehnt. Setzen Sie einen neuen ein, und halten Sie ihn aus dem Quelltext heraus.',
    ],
    foot,
  },
  leaked_key_set_aside: {
    subject: 'Ihr API-Schlüssel {{ key }} ist öffentlich geworden',
    greeting,
    parts: [
      LEAK_FOUND,
      LEAK_PLACE,
      'Der Schlüssel ist ausgesetzt: Er wird abgelehnt, bis ihn jemand aus der Administration von {{ host }} freigibt oder ersetzt.',
    ],
    foot,
  },
  quota_reached: {
    subject: '{{ percent }} % eines Kontingents sind verbraucht: {{ what }}',
    greeting,
    parts: [
      '{{ what }} auf {{ host }} hat {{ used }} von {{ requests }} Anfragen in {{ period }} (UTC) verbraucht: {{ percent }} % oder mehr.',
      '{% if percent == "100" %}Weitere Anfragen werden abgelehnt, bis der Zeitraum vorbei ist.{% else %}Sind alle verbraucht, werden Anfragen abgelehnt, bis der Zeitraum vorbei ist.{% endif %}',
    ],
    foot,
  },
  webhook_gone: {
    subject: 'Der Webhook {{ webhook }} ist abgeschaltet',
    greeting,
    parts: [
      'Der Empfänger des Webhooks „{{ webhook }}“ ({{ receiver }}) hat geantwortet, dass es ihn nicht mehr gibt. Seit {{ time }} schickt ihm {{ host }} nichts mehr.',
      RECEIVER_BACK,
    ],
    foot,
  },
  webhook_failing: {
    subject: 'Der Webhook {{ webhook }} ist abgeschaltet',
    greeting,
    parts: [
      'Der Empfänger des Webhooks „{{ webhook }}“ ({{ receiver }}) hat seit fünf Tagen nichts angenommen. Seit {{ time }} schickt ihm {{ host }} nichts mehr.',
      RECEIVER_BACK,
    ],
    foot,
  },
  key_expires: {
    subject: 'Ihr API-Schlüssel {{ key }} endet bald',
    greeting,
    parts: [
      'Der API-Schlüssel „{{ key }}“ ({{ display }}) auf {{ host }} endet am {{ time }} (noch Tage: {{ days }}). Danach wird er abgelehnt.',
      'Tauschen Sie ihn rechtzeitig aus, damit beide gelten, während Sie den neuen einsetzen: auf Ihrer Kontoseite, wenn es Ihr eigener ist; sonst wenden Sie sich an den, von dem Sie ihn haben.',
    ],
    foot,
  },
  key_rotation_due: {
    subject: 'Ihr API-Schlüssel {{ key }} ist auszutauschen',
    greeting,
    parts: [
      'Der API-Schlüssel „{{ key }}“ ({{ display }}) auf {{ host }} ist bis {{ time }} zu ersetzen (noch Tage: {{ days }}).',
      'Tauschen Sie ihn aus, auf Ihrer Kontoseite, wenn es Ihr eigener ist; sonst wenden Sie sich an den, von dem Sie ihn haben. Der alte gilt weiter, während Sie den neuen einsetzen.',
    ],
    foot,
  },
  key_unused: {
    subject: 'Niemand benutzt Ihren API-Schlüssel {{ key }}',
    greeting,
    parts: [
      'Der API-Schlüssel „{{ key }}“ ({{ display }}) auf {{ host }} wurde lange nicht benutzt. Bleibt es so, wird er am {{ time }} widerrufen (noch Tage: {{ days }}).',
      'Wenn Sie ihn noch brauchen, benutzen Sie ihn einmal. Wenn nicht, ist nichts zu tun.',
    ],
    foot,
  },
  key_pick_up: {
    subject: 'Holen Sie den neuen API-Schlüssel für {{ key }} ab',
    greeting,
    parts: [
      'Der API-Schlüssel „{{ key }}“ ({{ display }}) auf {{ host }} ist bis {{ time }} zu ersetzen (noch Tage: {{ days }}).',
      { button: 'Neuen Schlüssel abholen', link: 'link' },
      'Der Link gilt einmal. Er öffnet eine Seite, deren Knopf den neuen Schlüssel erzeugt und zeigt und die dann sagt, wie lange der alte noch gilt. Wer den Link hat, bekommt den Schlüssel: Zeigen Sie ihn niemandem.',
    ],
    foot,
  },
  refresh_token_reused: {
    subject: '{{ application }} wurde von Ihrem Konto abgemeldet',
    greeting,
    parts: [
      'Am {{ time }} hat jemand ein altes Token benutzt, das {{ application }} für Ihr Konto auf {{ host }} hatte. Es könnte gestohlen sein, darum wurde alles beendet, was {{ application }} hatte.',
      'Wenn Sie {{ application }} benutzen, melden Sie sich dort neu an. Wenn Sie es nicht kennen, nehmen Sie ihm, was es darf:',
      { button: 'Konto ansehen', link: 'account_link' },
    ],
    foot,
  },
  approval_requested: {
    subject: '{{ application }} bittet um Ihre Zustimmung',
    greeting,
    parts: [
      '{{ application }} bittet Sie auf {{ host }} um Zustimmung. Sehen Sie sich an, wozu, bevor Sie antworten.',
      { button: 'Anfrage ansehen', link: 'link' },
      'Die Anfrage wartet {{ minutes }} Minuten. Wenn Sie bei {{ application }} nichts begonnen haben, lehnen Sie sie ab.',
    ],
    foot,
  },
};
