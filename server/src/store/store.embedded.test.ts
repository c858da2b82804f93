import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { temporaryFolder, testLogger } from '#testing';
import { feedContract } from './contract/feed.contract.ts';
import { isolationContract } from './contract/isolation.contract.ts';
import { leaderContract } from './contract/leader.contract.ts';
import type { Subject } from './contract/subject.ts';
import { transactionContract } from './contract/transaction.contract.ts';
import { type EmbeddedServer, openEmbedded } from './embedded/embedded.ts';

describe('the embedded server', () => {
  let folder: string;
  let server: EmbeddedServer;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await openEmbedded({ log: testLogger() }, { dataFolder: folder });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const subject = (): Subject => ({
    database: { kind: 'embedded', dataFolder: folder, attach: true },
    second: { kind: 'embedded', dataFolder: folder, attach: true },
    superuser: server.target.owner,
    close: server.close,
  });
  isolationContract(subject);
  transactionContract(subject);
  feedContract(subject);
  leaderContract(subject);
});
