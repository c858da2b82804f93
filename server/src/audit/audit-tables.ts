/** Types and not interfaces: only types fit the index signature that Kysely asks for. */
export type AuditTables = {
  audit_heads: { tenant_id: string; sequence: number; hash: Buffer };
  audit_events: {
    tenant_id: string;
    organization_id: string | null;
    sequence: number;
    hash: Buffer;
    body: string;
    /** Copies from the body, for searching. Verification compares them. */
    id: string;
    at: number;
    type: string;
    actor_id: string;
    target_type: string;
    target_id: string;
  };
  audit_checkpoints: { tenant_id: string; sequence: number; hash: Buffer; at: number; mac: string };
  access_batches: AccessBatchRow;
  access_marks: { tenant_id: string; mark: number; minute: number };
};

export type AccessBatchRow = {
  tenant_id: string;
  minute: number;
  last_at: number;
  id: string;
  organization_id: string | null;
  first_at: number;
  record_count: number;
  marks: number[];
  records: string;
};
