/** What happened: the hash-chained event log with its checkpoints, and one access record for each gateway request. */
export { type AccessActor, type AccessRecord, actorsOf, TOKEN_EXCHANGED } from './access-record.ts';
export {
  type AccessOverflow,
  type AccessRecorder,
  type AccessRecorderDeps,
  type AccessRecorderStats,
  openAccessRecorder,
} from './access-recorder.ts';
export { type AccessTally, LATENCY_BOUNDS_MICROS, type TallyKeeper } from './access-tally.ts';
export { AUDIT_AUDIT_EVENTS } from './audit-events.ts';
export type { JsonObject, JsonValue } from './canonical-json.ts';
export { type CheckpointWitness, checkpointFile } from './checkpoint-file.ts';
export { auditErrors } from './errors.ts';
export type { AuditActor, AuditEvent, AuditEventType, AuditTarget } from './event.ts';
export { cleanText } from './event.ts';
export { type CredentialEvents, eventsByCredential } from './events-by-credential.ts';
export { followEvents, grownChains, headOf, readEvent } from './follow-events.ts';
export { type ListAccessRecordsInput, listAccessRecords } from './list-access-records.ts';
export { type AuditEventFilter, type ListEventsInput, type ListedAuditEvent, listEvents } from './list-events.ts';
export { auditMigrations } from './migrations.ts';
export { pruneAccessRecords } from './prune-access-records.ts';
export { type NewAuditEvent, recordEvent } from './record-event.ts';
export { recordEvents } from './record-events.ts';
export { type AccessPlace, type AccessSummary, summarizeAccess } from './summarize-access.ts';
export { summarizeTraffic, TRAFFIC_STEPS_MAX, type TrafficSummary } from './summarize-traffic.ts';
export { type AuditProblemKind, type AuditReport, verifyAudit } from './verify-audit.ts';
export { startCheckpointer, writeCheckpoints } from './write-checkpoints.ts';
