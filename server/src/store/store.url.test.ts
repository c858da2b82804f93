import { afterAll, beforeAll, describe } from 'vitest';
import { startUrlServer, type UrlServer } from '../../testing/url-server.ts';
import { feedContract } from './contract/feed.contract.ts';
import { isolationContract } from './contract/isolation.contract.ts';
import { leaderContract } from './contract/leader.contract.ts';
import type { Subject } from './contract/subject.ts';
import { transactionContract } from './contract/transaction.contract.ts';

describe('a server by URL', () => {
  let server: UrlServer;
  beforeAll(async () => {
    server = await startUrlServer();
  });
  afterAll(() => server.close());
  const subject = (): Subject => ({
    database: { kind: 'url', url: server.url },
    second: { kind: 'url', url: server.url },
    superuser: { connectionString: server.superuserUrl },
    close: server.close,
  });
  isolationContract(subject);
  transactionContract(subject);
  feedContract(subject);
  leaderContract(subject);
});
