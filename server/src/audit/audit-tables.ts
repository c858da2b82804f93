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
  access_records: AccessRecordRow;
};

export type AccessRecordRow = {
  tenant_id: string;
  decision_id: string;
  organization_id: string | null;
  at: number;
  principal_type: string;
  principal_id: string;
  credential_type: string;
  credential_id: string;
  client_id: string | null;
  route: string | null;
  method: string;
  path: string;
  status: number;
  allowed: boolean;
  reason: string;
  policies: string[];
  upstream: string | null;
  bytes_in: number;
  bytes_out: number;
  duration_micros: number;
  remote_address: string;
};
