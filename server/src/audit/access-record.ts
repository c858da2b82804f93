/** One request at the gateway: who asked for what, what was decided, and what came of it. */
export interface AccessRecord {
  decisionId: string;
  tenantId: string;
  organizationId?: string;
  /** Milliseconds since the epoch. */
  at: number;
  principalType: string;
  principalId: string;
  credentialType: string;
  credentialId: string;
  clientId?: string;
  /** The route's name, when one matched. */
  route?: string;
  method: string;
  path: string;
  status: number;
  allowed: boolean;
  reason: string;
  policies: readonly string[];
  upstream?: string;
  bytesIn: number;
  bytesOut: number;
  durationMicros: number;
  remoteAddress: string;
}
