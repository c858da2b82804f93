import { createHash } from 'node:crypto';

/**
 * The chain of a tenant's events: hash = SHA-256(previous hash, 32 bytes | sequence, 8 bytes | body). The parts before
 * the body have fixed lengths, so no two inputs read alike. PostgreSQL computes the same in `record-event.ts`.
 */
export function chainHash(previous: Buffer, sequence: number, body: string): Buffer {
  const place = Buffer.alloc(8);
  place.writeBigInt64BE(BigInt(sequence));
  return createHash('sha256').update(previous).update(place).update(body).digest();
}

/** What stands before the first event: another beginning for each tenant, so that chains can't be exchanged. */
export function genesisHash(tenantId: string): Buffer {
  return createHash('sha256').update(`gatehouse audit chain v1\n${tenantId}`).digest();
}
