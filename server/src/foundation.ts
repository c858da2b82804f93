import { join } from 'node:path';
import { apikeysMigrations, recordKeyUsage } from '#apikeys';
import {
  type AccessRecorder,
  auditMigrations,
  type CheckpointWitness,
  checkpointFile,
  openAccessRecorder,
  recordEvent,
  startCheckpointer,
} from '#audit';
import { decisionsMigrations, relationsMigrations } from '#authz';
import { type Clock, type Logger, type Random, systemPrincipal } from '#base';
import type { Configuration } from '#configuration';
import { directoryMigrations } from '#directory';
import { gatewayMigrations } from '#gateway';
import { type Keyring, keyringMigrations, openKeyring, openSigningKeys, type SigningKeys } from '#keyring';
import { limitsMigrations } from '#limits';
import { createMailer, type Mailer, mailMigrations } from '#mail';
import { oauthMigrations } from '#oauth';
import { resourcesMigrations } from '#resources';
import { signinMigrations } from '#signin';
import { type MigrationSet, openStore, recordChange, type Store } from '#store';
import { webhooksMigrations } from '#webhooks';

/** Every room's tables, lower rooms first. */
export const MIGRATIONS: readonly MigrationSet[] = [
  keyringMigrations,
  auditMigrations,
  resourcesMigrations,
  mailMigrations,
  limitsMigrations,
  relationsMigrations,
  decisionsMigrations,
  apikeysMigrations,
  directoryMigrations,
  signinMigrations,
  oauthMigrations,
  gatewayMigrations,
  webhooksMigrations,
];

const CHECKPOINT_FILE = 'audit-checkpoints.jsonl';

export interface Process {
  configuration: Configuration;
  clock: Clock;
  random: Random;
  log: Logger;
}

/** What every role of the program stands on. */
export interface Foundation extends Process {
  store: Store;
  keyring: Keyring;
  signingKeys: SigningKeys;
  auditWitness: CheckpointWitness;
  accessRecorder: AccessRecorder;
  mailer: Mailer;
  close(): Promise<void>;
}

/** Opens database, key ring and audit, in this order; a failure closes what was opened before it. */
export async function openFoundation(process: Process): Promise<Foundation> {
  const { configuration, log } = process;
  // A process that only enforces may join the database of the one that runs it; two that run it would be two masters.
  const attach = configuration.role === 'gateway';
  const database =
    configuration.database.kind === 'embedded' ? { ...configuration.database, attach } : configuration.database;
  const store = await openStore({ ...process, database, migrations: MIGRATIONS });
  try {
    const keyring = await openKeyring({ ...process, store, recordChange, masterKey: configuration.masterKey });
    const signingKeys = await openSigningKeys({
      ...process,
      store,
      recordChange,
      keyring,
      recordStep: (tx, { tenantId, keyId, alg, step, actor }) =>
        recordEvent(tx, process, {
          tenantId,
          type: `signing_key.${step}`,
          actor: actor ?? systemPrincipal(tenantId, 'signing_keys'),
          target: { type: 'signing_key', id: keyId },
          detail: { alg },
        }),
    });
    const accessRecorder = openAccessRecorder({ ...process, store, keepTallies: recordKeyUsage });
    const auditWitness = checkpointFile(join(configuration.dataFolder, CHECKPOINT_FILE));
    const checkpointer = attach ? undefined : startCheckpointer({ ...process, store, keyring, witness: auditWitness });
    return {
      ...process,
      store,
      keyring,
      signingKeys,
      auditWitness,
      accessRecorder,
      mailer: createMailer({ ...process, keyring }),
      async close() {
        await accessRecorder.close();
        await checkpointer?.close();
        signingKeys.close();
        keyring.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close().catch((err: unknown) => log.error({ err }, 'the database did not close'));
    throw error;
  }
}
