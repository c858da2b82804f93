import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { recordEvent } from '#audit';
import { DEFAULT_TENANT_ID, type IdSource } from '#base';
import type { Store } from '#store';
import { callerOf } from '../access.ts';
import { httpErrors } from '../errors.ts';
import { failures } from './answers.ts';

export interface BackupRouteDeps extends IdSource {
  store: Pick<Store, 'transaction' | 'backup'>;
  /** What only an encrypted backup may hold: the master key, when it is a file. */
  backupAttachments(): Promise<Record<string, Buffer>>;
}

const body = z.strictObject({
  passphrase: z.string().min(12, 'must have at least 12 characters').max(1024).optional(),
});

/** One file with everything in it, of all tenants: so only an administrator of the default one may have it. */
export function backupRoute(server: FastifyInstance, deps: BackupRouteDeps): void {
  server.withTypeProvider<ZodTypeProvider>().post(
    '/backup',
    {
      // The file holds everything, the master key perhaps included: less than everything is not enough to have it.
      config: { permission: '*' },
      schema: {
        tags: ['operations'],
        summary: 'A consistent snapshot of everything, in one file',
        description: 'With a passphrase the file is encrypted and holds the master key as well.',
        body,
        response: { 200: z.any().describe('the file'), ...failures },
      },
    },
    async (request, reply) => {
      const { principal } = callerOf(request);
      if (principal.tenantId !== DEFAULT_TENANT_ID) throw httpErrors.permission_missing();
      const { passphrase } = request.body;
      const encrypted = passphrase !== undefined;
      await deps.store.transaction({ tenantId: principal.tenantId }, (tx) =>
        recordEvent(tx, deps, {
          tenantId: principal.tenantId,
          type: 'backup.created',
          actor: principal,
          target: { type: 'database', id: 'all' },
          detail: { encrypted },
        }),
      );
      const folder = await mkdtemp(join(tmpdir(), 'gatehouse-backup-'));
      const forget = () => rm(folder, { recursive: true, force: true });
      try {
        const path = join(folder, 'backup');
        await deps.store.backup(path, encrypted ? { passphrase, attachments: await deps.backupAttachments() } : {});
        const stream = createReadStream(path);
        stream.once('close', () => void forget());
        return reply.type('application/octet-stream').send(stream);
      } catch (error) {
        await forget();
        throw error;
      }
    },
  );
}
