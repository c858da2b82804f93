import type { OwnWords } from '../../language/own-words.ts';

/** Why the gateway turns a call away, as short as a list needs it. What is not here is shown as it is recorded. */
const en: Readonly<Record<string, string>> = {
  credential_missing: 'No credential',
  unknown: 'Unknown credential',
  malformed: 'Malformed credential',
  bad_signature: 'Wrong signature',
  expired: 'Expired',
  revoked: 'Revoked',
  credential_revoked: 'Revoked',
  quarantined: 'In quarantine',
  wrong_audience: 'Token for another API',
  session_over: 'Session over',
  missing_scope: 'A scope is missing',
  missing_role: 'A role is missing',
  no_policy_permits: 'No policy permits it',
  forbidden_by_policy: 'A policy forbids it',
  nothing_grants: 'Nothing grants it',
  environment_refused: 'Key of the other environment',
  principal_inactive: 'The account is suspended',
  engine_error: 'Could not be decided',
  address_not_allowed: 'Address not allowed',
  limited: 'Too many calls',
  route_not_found: 'No route',
  request_invalid: 'Not as described',
};

const de: Readonly<Record<string, string>> = {
  credential_missing: 'Kein Ausweis',
  unknown: 'Unbekannter Ausweis',
  malformed: 'Unlesbarer Ausweis',
  bad_signature: 'Falsche Signatur',
  expired: 'Abgelaufen',
  revoked: 'Widerrufen',
  credential_revoked: 'Widerrufen',
  quarantined: 'In Quarantäne',
  wrong_audience: 'Token für eine andere API',
  session_over: 'Sitzung zu Ende',
  missing_scope: 'Ein Scope fehlt',
  missing_role: 'Eine Rolle fehlt',
  no_policy_permits: 'Keine Richtlinie erlaubt es',
  forbidden_by_policy: 'Eine Richtlinie verbietet es',
  nothing_grants: 'Nichts gewährt es',
  environment_refused: 'Schlüssel der anderen Umgebung',
  principal_inactive: 'Das Konto ist gesperrt',
  engine_error: 'Nicht zu entscheiden',
  address_not_allowed: 'Adresse nicht erlaubt',
  limited: 'Zu viele Aufrufe',
  route_not_found: 'Keine Route',
  request_invalid: 'Nicht wie beschrieben',
};

export const denialWords: OwnWords<typeof en> = { en, de };
