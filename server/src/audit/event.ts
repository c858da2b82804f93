import { type Actor, type Principal, redact } from '#base';
import { CREDENTIAL_IN_TEXT } from '#keyring';
import { canonicalJson, type JsonObject, type JsonValue } from './canonical-json.ts';
import { auditErrors } from './errors.ts';

/** `<thing>.<past verb>`: `api_key.issued`, `user.signed_in`. */
export type AuditEventType = `${string}.${string}`;

export interface AuditTarget {
  type: string;
  id: string;
  name?: string;
}

/** Who did it: of the principal only what names it, not what it may do. */
export interface AuditActor {
  type: Principal['type'];
  id: string;
  organizationId?: string;
  credentialType: Principal['credential']['type'];
  credentialId: string;
  clientId?: string;
  act?: Actor;
}

/** What happened, as it is written down and listed. */
export interface AuditEvent {
  id: string;
  tenantId: string;
  organizationId?: string;
  /** Milliseconds since the epoch. */
  at: number;
  type: AuditEventType;
  actor: AuditActor;
  target: AuditTarget;
  detail?: JsonObject;
}

const BODY_BYTES_MAX = 64 * 1024;

export function toActor({ type, id, organizationId, credential, act }: Principal): AuditActor {
  return {
    type,
    id,
    ...(organizationId === undefined ? {} : { organizationId }),
    credentialType: credential.type,
    credentialId: credential.id,
    ...(credential.clientId === undefined ? {} : { clientId: credential.clientId }),
    ...(act === undefined ? {} : { act }),
  };
}

/**
 * The text that is hashed and stored. Fields that are named like secrets are redacted, and credentials of ours blotted
 * out wherever they stand: the log is kept for years and read by many.
 * @throws `audit_event_too_large`
 */
export function writeEventBody(event: AuditEvent): string {
  const detail = event.detail === undefined ? {} : { detail: redact(event.detail) as JsonObject };
  const whole = { ...event, ...detail } as unknown as JsonObject;
  const asItIs = canonicalJson(whole);
  const body = mayNeedCleaning(asItIs) ? canonicalJson(cleaned(whole)) : asItIs;
  if (Buffer.byteLength(body) > BODY_BYTES_MAX) throw auditErrors.audit_event_too_large();
  return body;
}

/**
 * Nearly no event holds anything to clean, and looking at its text once is cheaper than at each of its parts. In JSON, NUL
 * and lone surrogates are escapes and nothing else is written like them but their own names; every credential of ours
 * begins the same.
 */
const mayNeedCleaning = (json: string): boolean =>
  json.includes('gh_') || json.includes('\\u0000') || json.includes('\\ud');

export function readEventBody(body: string): AuditEvent {
  return JSON.parse(body) as AuditEvent;
}

/** NUL and lone surrogates can stand in a JavaScript string but not in PostgreSQL's text, and must not stop a record. */
export function cleanText(text: string): string {
  if (!MAY_NEED_CLEANING.test(text)) return text;
  return text.toWellFormed().replaceAll('\0', '\ufffd').replace(CREDENTIAL_IN_TEXT, '$1[redacted]');
}

/** NUL, any surrogate, or how every credential of ours begins. */
const MAY_NEED_CLEANING = /[\0\ud800-\udfff]|gh_/;

function cleaned(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cleanText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as JsonValue[]).map(cleaned);
  // `fromEntries` defines what it is given; an assignment to `__proto__` would make it vanish from the record.
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [cleanText(name), cleaned(member as JsonValue)]));
}
